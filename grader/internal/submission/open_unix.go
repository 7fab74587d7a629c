//go:build unix

package submission

import (
	"os"
	"syscall"
)

// openPlain opens without following a link and without waiting for a pipe's
// writer.
func openPlain(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}
