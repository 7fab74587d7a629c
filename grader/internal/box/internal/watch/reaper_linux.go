//go:build !portable

package watch

import (
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/wire"
)

// BecomeReaper makes this process the one to which orphans fall.
func BecomeReaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return wire.Staged("become a subreaper", err)
	}
	return nil
}

// adopts reports whether what has lost its parent falls to init, which then knows what
// became of it.
const adopts = true

var unseenHere []string
