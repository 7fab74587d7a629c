//go:build !portable

package seccomp

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// settledHere are such of the calls that would change a file's rights or owner.
var settledHere []uintptr

// refusedHere are refused calls that only this architecture has.
var refusedHere = []uintptr{unix.SYS_KEXEC_FILE_LOAD, unix.SYS_LOOKUP_DCOOKIE, unix.SYS_NFSSERVCTL}
