//go:build darwin || portable

package watch

// BecomeReaper can't be had: there is no subreaper, so that orphans fall to the system's
// first process and are found by looking.
func BecomeReaper() error { return nil }

// adopts reports whether what has lost its parent falls to init, which then knows what
// became of it.
const adopts = false

// unseenHere are further kinds of facts that can't be told.
var unseenHere = []string{"whether a child was waited for that ended shortly before its parent", "children's processor time"}
