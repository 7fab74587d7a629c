//go:build !unix

package progress

// lock excludes nobody here: the grader runs on other systems only to be looked
// at, and what two of them could lose is the number of a hint.
func lock(string) (unlock func(), err error) { return func() {}, nil }
