//go:build !portable

package ptrace

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

const vfork = unix.SYS_VFORK

// inRegisters reads the call that a stopped thread is about to make from its registers, one by
// one: User-mode Linux does not give all at once.
func inRegisters(id int) (call Call, err error) {
	var r unix.PtraceRegs
	for at, into := range map[uintptr]*uint64{
		unsafe.Offsetof(r.Orig_rax): &call.Number,
		unsafe.Offsetof(r.Rdi):      &call.Args[0],
		unsafe.Offsetof(r.Rsi):      &call.Args[1],
		unsafe.Offsetof(r.Rdx):      &call.Args[2],
		unsafe.Offsetof(r.R10):      &call.Args[3],
		unsafe.Offsetof(r.R8):       &call.Args[4],
		unsafe.Offsetof(r.R9):       &call.Args[5],
	} {
		var word [8]byte
		if _, err := unix.PtracePeekUser(id, at, word[:]); err != nil {
			return Call{}, err
		}
		*into = binary.NativeEndian.Uint64(word[:])
	}
	return call, nil
}
