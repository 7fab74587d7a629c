//go:build unix

// Package seccomp filters the system calls of programs.
package seccomp

// Policy is what differs from run to run in what is filtered.
type Policy struct {
	Guarded    []int    // processes that the program may not signal
	Siblings   bool     // it may have children that are its parent's
	Settled    bool     // it may not change files' rights and owners
	Supervised bool     // whom its sockets and its signals reach is asked of a supervisor
	Traced     []uint64 // calls before which who traces the program is asked
	Scoped     bool     // of signals nobody need be asked: Landlock keeps them from others
}
