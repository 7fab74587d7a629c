//go:build unix

package submission

import (
	"os"
	"syscall"
)

// openPlain opens without following a link and without waiting for a pipe's
// writer.
func openPlain(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}
