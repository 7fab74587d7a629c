//go:build !portable

package box

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// initAttributes gives init the namespaces of its tier. In tier B it becomes the
// root of a user namespace in which there is no other user.
func initAttributes(tier Tier) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if !private(tier) {
		return a
	}
	a.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	if tier == TierB {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return a
}

// private says whether a tier has namespaces of its own.
func private(tier Tier) bool { return tier == TierA || tier == TierB }

// firstUser is the first of the user ids that tier A gives to programs: one that
// no system hands out. The pid of a box's init is added, so that no two boxes
// share one.
const firstUser = 0x70000000

// settleNamespaces makes init's namespaces a place to run programs in.
func settleNamespaces(t terms) (*tree, error) {
	if err := unix.Sethostname([]byte("lockstep")); err != nil {
		return nil, fmt.Errorf("cannot name the host: %w", err)
	}
	if err := loopbackUp(); err != nil {
		return nil, fmt.Errorf("cannot bring the loopback up: %w", err)
	}
	return plant(t)
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// scatter lets the next pid be one that can't be guessed. Where the kernel does
// not let init choose, pids count up from 1, which harms nobody but the one
// exercise that prints them.
func scatter() {
	most := 32768
	if text, err := os.ReadFile("/proc/sys/kernel/pid_max"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			most = min(n, 1<<20)
		}
	}
	var random [4]byte
	rand.Read(random[:])
	next := 1000 + int(binary.LittleEndian.Uint32(random[:]))%(most*3/4)
	os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(next)), 0)
}

// enter takes the calling shim into the tree.
func enter(root string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("cannot have mounts of its own: %w", err)
	}
	if err := unix.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("cannot change the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("cannot leave the host's files: %w", err)
	}
	return nil
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
