//go:build linux || darwin

package mp

import "golang.org/x/sys/unix"

// discardOutput has a pipe that nobody else reads take the place of this process's
// standard output.
func discardOutput() {
	pipe, err := systemPipe()
	if err != nil {
		leaveAtOnce()
	}
	replaceDescriptor(pipe[1], unix.Stdout)
	closeDescriptor(pipe[1])
	go func() {
		var b [512]byte
		for {
			if n, err := unix.Read(pipe[0], b[:]); n == 0 || err != nil && err != unix.EINTR {
				return
			}
		}
	}()
}
