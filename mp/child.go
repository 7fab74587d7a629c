package mp

import "syscall"

// A status is how a child ended.
type status struct {
	code   int // exit code, or the negated signal
	signal syscall.Signal
	line   string // what it reported before
}
