//go:build linux || darwin

// Package descriptor makes, reads, writes and closes bare descriptors, which no
// finalizer closes and no other program inherits.
package descriptor

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Close closes a descriptor.
func Close(fd int) { unix.Close(fd) }

// CloseAll closes several.
func CloseAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

// ReadAll fills b. It returns io.EOF when there was nothing to read, and
// io.ErrUnexpectedEOF when there was less.
func ReadAll(fd int, b []byte) error {
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

// WriteAll writes all of b. It returns io.ErrClosedPipe when nobody reads any more.
func WriteAll(fd int, b []byte) error {
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
