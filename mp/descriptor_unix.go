//go:build linux || darwin

package mp

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

func closeDescriptor(fd int) { unix.Close(fd) }

func closeDescriptors(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

// readAll fills b. It returns io.EOF when there was nothing to read, and
// io.ErrUnexpectedEOF when there was less.
func readAll(fd int, b []byte) error {
	for n := 0; n < len(b); {
		m, err := unix.Read(fd, b[n:])
		switch {
		case err == unix.EINTR:
		case m > 0:
			n += m
		case err == nil || err == unix.ECONNRESET:
			if n == 0 {
				return io.EOF
			}
			return io.ErrUnexpectedEOF
		default:
			return os.NewSyscallError("read", err)
		}
	}
	return nil
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err == unix.EINTR {
			continue
		}
		if err == unix.EPIPE || err == unix.ECONNRESET {
			return io.ErrClosedPipe
		}
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		b = b[n:]
	}
	return nil
}
