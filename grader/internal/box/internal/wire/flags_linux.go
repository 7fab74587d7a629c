//go:build !portable

package wire

import "golang.org/x/sys/unix"

// Flags for messages, where the system has them.
const (
	noSignal    = unix.MSG_NOSIGNAL
	closeOnExec = unix.MSG_CMSG_CLOEXEC
)
