//go:build !portable

package ptrace

import "golang.org/x/sys/unix"

const vfork = ^uint64(0) // there is none

// inRegisters reads the call that a stopped thread is about to make from its registers.
func inRegisters(id int) (Call, error) {
	var r unix.PtraceRegsArm64
	err := unix.PtraceGetRegSetArm64(id, unix.NT_PRSTATUS, &r)
	return Call{Number: r.Regs[8], Args: [6]uint64(r.Regs[:6])}, err
}
