//go:build !portable

package filestep

import "golang.org/x/sys/unix"

// callsHere are calls that only this architecture has.
var callsHere map[uint64][]change

const statCall = unix.SYS_FSTATAT
