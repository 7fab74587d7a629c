//go:build !portable

package control

import "golang.org/x/sys/unix"

const (
	closeOnExec = unix.MSG_CMSG_CLOEXEC
	noSignal    = unix.MSG_NOSIGNAL
)

// packet is how much of what one call writes comes out at once at most.
const packet = 4096
