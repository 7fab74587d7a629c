//go:build linux || darwin

package mp

import (
	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
)

// discardOutput has a pipe that nobody else reads take the place of this process's
// standard output.
func discardOutput() {
	pipe, err := descriptor.Pipe()
	if err != nil {
		leaveAtOnce()
	}
	descriptor.Replace(pipe[1], unix.Stdout)
	descriptor.Close(pipe[1])
	go func() {
		var b [512]byte
		for {
			if n, err := unix.Read(pipe[0], b[:]); n == 0 || err != nil && err != unix.EINTR {
				return
			}
		}
	}()
}
