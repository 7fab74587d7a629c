//go:build !portable

package box

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/rootfs"
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

// private reports whether a tier has namespaces of its own.
func private(tier Tier) bool { return tier == TierA || tier == TierB }

// firstUser is the first of the user ids that tier A gives to programs: one that
// no system hands out. The pid of a box's init is added, so that no two boxes
// share one.
const firstUser = 0x70000000

// settleNamespaces makes init's namespaces a place to run programs in.
func settleNamespaces(t terms) (*rootfs.Tree, error) {
	if err := unix.Sethostname([]byte("lockstep")); err != nil {
		return nil, fmt.Errorf("cannot name the host: %w", err)
	}
	if err := loopbackUp(); err != nil {
		return nil, fmt.Errorf("cannot bring the loopback up: %w", err)
	}
	return rootfs.New(rootfs.Config{Program: t.Program, ReadOnly: t.ReadOnly, Writable: t.Writable, Programs: t.Programs, Room: t.Limits.FileSize, User: t.User})
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

// whyNot adds to the kernel's word on why a tier can't be had what the word stands
// for, where that is known.
func whyNot(t Tier, err error) string {
	why := err.Error()
	var few *tooFew
	if !private(t) || errors.As(err, &few) {
		return why
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		why = fmt.Sprintf("the kernel makes no more namespaces, of which user.max_user_namespaces allows %s (%s)", sysctl("user/max_user_namespaces"), why)
	case t == TierA && os.Geteuid() != 0:
		why = fmt.Sprintf("only root can have it (%s)", why)
	case sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1":
		why = fmt.Sprintf("AppArmor keeps users from what they could do in a namespace: kernel.apparmor_restrict_unprivileged_userns is 1 (%s)", why)
	case errors.Is(err, syscall.EPERM):
		why = fmt.Sprintf("nobody may make namespaces here, as in most containers and in every chroot (%s)", why)
	}
	return why
}

// sysctl reads a setting of the kernel's; "?" where there is none.
func sysctl(name string) string {
	text, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}
