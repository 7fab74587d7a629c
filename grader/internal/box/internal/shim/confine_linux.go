//go:build !portable

package shim

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/landlock"
	"lockstep/grader/internal/box/internal/rootfs"
	"lockstep/grader/internal/box/internal/seccomp"
)

// confine takes from the calling thread what the program must not have, for good.
// It concerns no other thread, if this one has a working directory of its own. It
// returns what seccomp.Restrict does.
func (p *Program) confine() (listener int, err error) {
	if err := keepOnly(p.Talk); err != nil {
		return 0, err
	}
	if p.OwnRoot {
		if err := rootfs.Enter(); err != nil {
			return 0, err
		}
	}
	if p.Private {
		if err := disarm(p.User); err != nil {
			return 0, err
		}
	}
	if err := p.chdir(); err != nil {
		return 0, err
	}
	if listener, err = seccomp.Restrict(p.Seccomp); err != nil || p.Landlock == 0 {
		return listener, err
	}
	return listener, landlock.Restrict(p.Landlock)
}

// disarm takes the calling thread's privileges for good. user 0 keeps the user.
func disarm(user int) error {
	for c := uintptr(0); ; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if err == unix.EINVAL && c > 0 {
			break // there are no more
		}
		if err != nil {
			if os.Geteuid() != 0 {
				break // it never had any
			}
			return fmt.Errorf("cannot drop a capability: %w", err)
		}
	}
	if user != 0 {
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
			return fmt.Errorf("cannot leave groups: %w", errno)
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(user), uintptr(user), uintptr(user)); errno != 0 {
			return fmt.Errorf("cannot change the group: %w", errno)
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(user), uintptr(user), uintptr(user)); errno != 0 {
			return fmt.Errorf("cannot change the user: %w", errno)
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if _, _, errno := unix.RawSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0); errno != 0 {
		return fmt.Errorf("cannot give capabilities up: %w", errno)
	}
	return nil
}

// keepOnly lets no descriptor from first on be inherited by the program.
func keepOnly(first int) error {
	err := unix.CloseRange(uint(first), ^uint(0)>>1&0x7fffffff, unix.CLOSE_RANGE_CLOEXEC)
	if err != nil {
		return fmt.Errorf("cannot close descriptors: %w", err)
	}
	return nil
}
