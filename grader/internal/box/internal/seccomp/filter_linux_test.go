//go:build !portable

package seccomp

import (
	"testing"

	"golang.org/x/sys/unix"
)

// becomes runs a filter on a call, as the kernel does.
func becomes(t *testing.T, filter []unix.SockFilter, number uint32, args ...uint32) uint32 {
	t.Helper()
	data := map[uint32]uint32{dataNumber: number, dataArch: auditArch}
	for i, a := range args {
		data[dataArgs+8*uint32(i)] = a
	}
	var a uint32
	for pc := 0; ; pc++ {
		f := filter[pc]
		jump := func(holds bool) {
			if holds {
				pc += int(f.Jt)
			} else {
				pc += int(f.Jf)
			}
		}
		switch f.Code {
		case load:
			a = data[f.K]
		case and:
			a &= f.K
		case equal:
			jump(a == f.K)
		case atLeast:
			jump(a >= f.K)
		case result:
			return f.K
		default:
			t.Fatalf("instruction %d has code %x", pc, f.Code)
		}
	}
}

func TestFilter(t *testing.T) {
	forbidden := refuse(unix.EPERM)
	guards := Policy{Guarded: []int{1, -7}}
	shared := Policy{Supervised: true}
	scoped := Policy{Supervised: true, Scoped: true}
	all, minus7 := ^uint32(0), ^uint32(0)-6
	for _, test := range []struct {
		policy Policy
		number uint32
		args   []uint32
		want   uint32
	}{
		{Policy{}, unix.SYS_READ, nil, allow},
		{Policy{}, 0x40000000, nil, refuse(unix.ENOSYS)},
		{Policy{}, unix.SYS_MOUNT, nil, forbidden},
		{Policy{}, unix.SYS_CLONE3, nil, refuse(unix.ENOSYS)},
		{Policy{}, unix.SYS_CLONE, []uint32{unix.CLONE_VM | unix.CLONE_THREAD}, allow},
		{Policy{}, unix.SYS_CLONE, []uint32{unix.CLONE_VM | unix.CLONE_NEWUSER}, forbidden},
		{Policy{}, unix.SYS_CLONE, []uint32{unix.CLONE_PARENT}, forbidden},
		{Policy{Siblings: true}, unix.SYS_CLONE, []uint32{unix.CLONE_PARENT}, allow},
		{Policy{Siblings: true}, unix.SYS_CLONE, []uint32{unix.CLONE_PARENT | unix.CLONE_NEWPID}, forbidden},
		{Policy{}, unix.SYS_PTRACE, []uint32{ptraceTraceme}, allow},
		{Policy{}, unix.SYS_PTRACE, []uint32{ptraceDetach}, allow},
		{Policy{}, unix.SYS_PTRACE, []uint32{unix.PTRACE_ATTACH}, forbidden},
		{Policy{}, unix.SYS_SOCKET, []uint32{unix.AF_UNIX}, allow},
		{Policy{}, unix.SYS_SOCKET, []uint32{unix.AF_NETLINK}, allow},
		{Policy{}, unix.SYS_SOCKET, []uint32{unix.AF_PACKET}, refuse(unix.EAFNOSUPPORT)},
		{Policy{}, unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_TCP}, allow},
		{Policy{}, unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP}, refuse(unix.EPROTONOSUPPORT)},
		{Policy{}, unix.SYS_SETSOCKOPT, []uint32{3, unix.SOL_SOCKET, unix.SO_LINGER}, forbidden},
		{Policy{}, unix.SYS_SETSOCKOPT, []uint32{3, unix.IPPROTO_TCP, unix.SO_LINGER}, allow},
		{Policy{}, unix.SYS_SETSOCKOPT, []uint32{3, unix.SOL_SOCKET, unix.SO_BINDTODEVICE}, allow},
		{Policy{}, unix.SYS_IOCTL, []uint32{0, unix.TIOCSTI}, forbidden},
		{Policy{}, unix.SYS_IOCTL, []uint32{0, unix.TIOCGWINSZ}, allow},
		{Policy{}, unix.SYS_KILL, []uint32{1}, allow},
		{Policy{}, unix.SYS_FCHMOD, nil, allow},
		{Policy{Settled: true}, unix.SYS_FCHMOD, nil, forbidden},
		{guards, unix.SYS_KILL, []uint32{1}, forbidden},
		{guards, unix.SYS_KILL, []uint32{minus7}, forbidden},
		{guards, unix.SYS_KILL, []uint32{all}, forbidden},
		{guards, unix.SYS_KILL, []uint32{2}, allow},
		{guards, unix.SYS_SETPRIORITY, []uint32{0, 1}, forbidden},
		{guards, unix.SYS_SETPRIORITY, []uint32{0, 2}, allow},
		{shared, unix.SYS_SOCKET, []uint32{unix.AF_INET}, ask},
		{shared, unix.SYS_SOCKET, []uint32{unix.AF_NETLINK}, allow},
		{shared, unix.SYS_CONNECT, nil, ask},
		{shared, unix.SYS_LISTEN, nil, ask},
		{shared, unix.SYS_SOCKETPAIR, []uint32{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}, allow},
		{shared, unix.SYS_SOCKETPAIR, []uint32{unix.AF_UNIX, unix.SOCK_DGRAM}, refuse(unix.EPROTONOSUPPORT)},
		{shared, unix.SYS_SETSOCKOPT, []uint32{3, unix.SOL_SOCKET, unix.SO_BINDTODEVICE}, forbidden},
		{shared, unix.SYS_SETSOCKOPT, []uint32{3, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX}, forbidden},
		{shared, unix.SYS_SETSOCKOPT, []uint32{3, unix.SOL_SOCKET, unix.SO_REUSEADDR}, allow},
		{shared, unix.SYS_SENDTO, []uint32{3, 0, 0, unix.MSG_FASTOPEN | unix.MSG_NOSIGNAL}, refuse(unix.EOPNOTSUPP)},
		{shared, unix.SYS_SENDTO, []uint32{3, 0, 0, unix.MSG_NOSIGNAL}, allow},
		{shared, unix.SYS_SENDMSG, []uint32{3, 0, unix.MSG_FASTOPEN}, refuse(unix.EOPNOTSUPP)},
		{shared, unix.SYS_SETPRIORITY, []uint32{unix.PRIO_USER}, forbidden},
		{shared, unix.SYS_SETPRIORITY, []uint32{unix.PRIO_PROCESS, 0}, allow},
		{shared, unix.SYS_SETPRIORITY, []uint32{unix.PRIO_PROCESS, 5}, ask},
		{shared, unix.SYS_IOPRIO_SET, nil, forbidden},
		{shared, unix.SYS_KILL, []uint32{5}, ask},
		{shared, unix.SYS_KILL, []uint32{0}, allow},
		{shared, unix.SYS_TGKILL, []uint32{5, 5, uint32(unix.SIGURG)}, allow},
		{shared, unix.SYS_TGKILL, []uint32{5, 5, uint32(unix.SIGTERM)}, ask},
		{shared, unix.SYS_FCNTL, []uint32{3, unix.F_SETOWN}, forbidden},
		{shared, unix.SYS_FCNTL, []uint32{3, unix.F_SETFL}, allow},
		{shared, unix.SYS_IOCTL, []uint32{3, fiosetown}, forbidden},
		{scoped, unix.SYS_KILL, []uint32{5}, allow},
		{scoped, unix.SYS_FCNTL, []uint32{3, unix.F_SETOWN}, allow},
		{scoped, unix.SYS_PRLIMIT64, []uint32{5}, ask},
	} {
		if got := becomes(t, filter(test.policy), test.number, test.args...); got != test.want {
			t.Errorf("%+v: call %d %d becomes %x, want %x", test.policy, test.number, test.args, got, test.want)
		}
	}
}
