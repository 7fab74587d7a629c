//go:build !portable

package seccomp

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The filter takes away what a program of the course has no use for and an
// attacker has: the kernel's rarely used and often broken parts, the tracing of
// other processes, new namespaces, and whatever would outlive a run. It is a
// list of what is refused, because a list of what is allowed would have to
// follow every release of Go's runtime and of the race detector's.

// refused end with EPERM.
var refused = append([]uintptr{
	unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_GETFD, unix.SYS_PROCESS_MADVISE,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT,
	unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_REBOOT, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_MEMFD_SECRET,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FANOTIFY_INIT, unix.SYS_SYSLOG,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
	// System V and POSIX message objects outlive processes, and their memory is
	// in no process's count.
	unix.SYS_SHMGET, unix.SYS_SEMGET, unix.SYS_MSGGET, unix.SYS_MQ_OPEN,
}, refusedHere...)

// settled are refused, too, where a program shares the user's files: rights,
// owners, dates and attributes, which Landlock leaves to those who own a file.
var settled = append([]uintptr{
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT,
	unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_SETXATTRAT,
	unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR, unix.SYS_REMOVEXATTRAT, unix.SYS_FILE_SETATTR,
}, settledHere...)

// Fields of struct seccomp_data, little-endian.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16
)

// forbiddenClone are the flags that no program needs: new namespaces, a child
// hidden from the tracer (CLONE_UNTRACED), and a child foisted on one's own
// parent (CLONE_PARENT).
const forbiddenClone = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_UNTRACED | unix.CLONE_PARENT

// The two requests of ptrace that stay. The first lets a fresh child stop until
// init has bounded it; neither gives anybody a hold on another process.
const (
	ptraceTraceme = 0
	ptraceDetach  = 17
)

// Instructions of a filter.
const (
	load    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	and     = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	equal   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	atLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	result  = unix.BPF_RET | unix.BPF_K
)

// What becomes of a call, beside being refused.
const (
	allow = unix.SECCOMP_RET_ALLOW
	ask   = unix.SECCOMP_RET_USER_NOTIF // the supervisor
	trace = unix.SECCOMP_RET_TRACE      // who traces; without one, the call fails
)

func refuse(errno unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(errno) }

// test is of one argument's lower half: that it is one of some values, or none of them.
type test struct {
	argument int
	mask     uint32 // what of it counts; 0: all
	none     bool
	of       []uint32
}

func is(argument int, of ...uint32) test     { return test{argument: argument, of: of} }
func isNone(argument int, of ...uint32) test { return test{argument: argument, none: true, of: of} }
func hasAny(argument int, bits uint32) test {
	return test{argument: argument, mask: bits, none: true, of: []uint32{0}}
}

// rule says what becomes of a call that passes all tests. Rules start and end with the
// call's number loaded, so that they can follow one another; the first that fits decides.
func rule(number uintptr, becomes uint32, tests ...test) []unix.SockFilter {
	var p []unix.SockFilter
	for _, t := range slices.Backward(tests) {
		fail := uint8(len(p) + 1) // over the tests that follow, and the result
		var q []unix.SockFilter
		for i, value := range slices.Backward(t.of) {
			last := i == len(t.of)-1
			f := unix.SockFilter{Code: equal, K: value}
			switch {
			case t.none:
				f.Jt = fail + uint8(len(q))
			case last:
				f.Jf = fail
			default:
				f.Jt = uint8(len(q))
			}
			q = append([]unix.SockFilter{f}, q...)
		}
		q = append([]unix.SockFilter{{Code: load, K: dataArgs + 8*uint32(t.argument)}}, append(masked(t.mask), q...)...)
		p = append(q, p...)
	}
	p = append(p, unix.SockFilter{Code: result, K: becomes})
	if len(tests) > 0 {
		p = append(p, unix.SockFilter{Code: load, K: dataNumber})
	}
	return append([]unix.SockFilter{{Code: equal, Jf: uint8(len(p)), K: uint32(number)}}, p...)
}

func masked(mask uint32) []unix.SockFilter {
	if mask == 0 {
		return nil
	}
	return []unix.SockFilter{{Code: and, K: mask}}
}

// filter assembles the program.
func filter(p Policy) []unix.SockFilter {
	clone := uint32(forbiddenClone)
	if p.Siblings {
		clone &^= unix.CLONE_PARENT
	}
	rules := [][]unix.SockFilter{
		{
			{Code: load, K: dataArch},
			{Code: equal, Jt: 1, K: auditArch},
			{Code: result, K: unix.SECCOMP_RET_KILL_PROCESS},
			{Code: load, K: dataNumber},
			{Code: atLeast, Jf: 1, K: 0x40000000}, // the x32 interface
			{Code: result, K: refuse(unix.ENOSYS)},
		},
		// Its flags are behind a pointer; everybody falls back to clone.
		rule(unix.SYS_CLONE3, refuse(unix.ENOSYS)),
		rule(unix.SYS_CLONE, refuse(unix.EPERM), hasAny(0, clone)),
		rule(unix.SYS_PTRACE, refuse(unix.EPERM), isNone(0, ptraceTraceme, ptraceDetach)),
		rule(unix.SYS_SOCKET, refuse(unix.EAFNOSUPPORT), isNone(0, unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK)),
		// Streams that are not TCP's would pass by the rules for TCP. Go's own try
		// of one (MPTCP) falls back to TCP.
		rule(unix.SYS_SOCKET, refuse(unix.EPROTONOSUPPORT), is(2, unix.IPPROTO_MPTCP, unix.IPPROTO_SCTP, unix.IPPROTO_DCCP)),
		// A socket whose last owner waits when it is closed: that may be whoever it
		// was sent to.
		rule(unix.SYS_SETSOCKOPT, refuse(unix.EPERM), is(1, unix.SOL_SOCKET), is(2, unix.SO_LINGER)),
		rule(unix.SYS_IOCTL, refuse(unix.EPERM), is(1, unix.TIOCSTI)), // types into the terminal
	}
	if len(p.Guarded) > 0 {
		guarded := []uint32{^uint32(0)} // all of a user's
		for _, pid := range p.Guarded {
			guarded = append(guarded, uint32(int32(pid)))
		}
		for _, calls := range []map[uint32]int{Signals, {unix.SYS_PRLIMIT64: 0, unix.SYS_SCHED_SETAFFINITY: 0, unix.SYS_SETPRIORITY: 1}} {
			for number, argument := range calls {
				rules = append(rules, rule(uintptr(number), refuse(unix.EPERM), is(argument, guarded...)))
			}
		}
	}
	if p.Supervised {
		rules = append(rules, onSockets()...)
		rules = append(rules, onProcesses(!p.Scoped)...)
	}
	all := refused
	if p.Settled {
		all = slices.Concat(refused, settled)
	}
	for _, number := range all {
		rules = append(rules, rule(number, refuse(unix.EPERM)))
	}
	for _, number := range p.Traced {
		rules = append(rules, rule(uintptr(number), trace))
	}
	return append(slices.Concat(rules...), unix.SockFilter{Code: result, K: allow})
}

// SocketKind is what of a socket's type is no flag.
const SocketKind = 0xf

// onSockets are the rules on sockets where programs share the machine's network: a
// supervisor makes them, and connects them. To connect by sending is refused, for nobody
// would see it; so each datagram may name whom it is for, which makes whoever opens a
// socket for them untold.
func onSockets() [][]unix.SockFilter {
	pair := isNone(1, unix.SOCK_STREAM, unix.SOCK_SEQPACKET)
	pair.mask = SocketKind
	rules := [][]unix.SockFilter{
		rule(unix.SYS_SOCKET, ask, isNone(0, unix.AF_NETLINK)),
		rule(unix.SYS_CONNECT, ask),
		rule(unix.SYS_LISTEN, ask),
		rule(unix.SYS_SOCKETPAIR, refuse(unix.EPROTONOSUPPORT), pair),
		rule(unix.SYS_SETSOCKOPT, refuse(unix.EPERM), is(1, unix.SOL_SOCKET), is(2, unix.SO_BINDTODEVICE, unix.SO_BINDTOIFINDEX)),
	}
	for number, flags := range map[uintptr]int{unix.SYS_SENDTO: 3, unix.SYS_SENDMSG: 2, unix.SYS_SENDMMSG: 3} {
		rules = append(rules, rule(number, refuse(unix.EOPNOTSUPP), hasAny(flags, unix.MSG_FASTOPEN)))
	}
	return rules
}

// Actions are calls on a process, and which of their arguments names it; 0 is whoever
// calls.
var Actions = map[uint32]int{
	unix.SYS_PRLIMIT64: 0, unix.SYS_SETPRIORITY: 1,
	unix.SYS_SCHED_SETAFFINITY: 0, unix.SYS_SCHED_SETSCHEDULER: 0, unix.SYS_SCHED_SETPARAM: 0, unix.SYS_SCHED_SETATTR: 0,
}

// Signals are such calls that send one, which a new Landlock refuses by itself.
var Signals = map[uint32]int{
	unix.SYS_KILL: 0, unix.SYS_TKILL: 0, unix.SYS_TGKILL: 0, unix.SYS_RT_SIGQUEUEINFO: 0, unix.SYS_RT_TGSIGQUEUEINFO: 0, unix.SYS_PIDFD_OPEN: 0,
}

// fiosetown is FIOSETOWN.
const fiosetown = 0x8901

// onProcesses are the rules on calls on processes where programs share the machine's: a
// supervisor lets them act on those of their run, and on no other.
func onProcesses(withSignals bool) [][]unix.SockFilter {
	rules := [][]unix.SockFilter{
		rule(unix.SYS_SETPRIORITY, refuse(unix.EPERM), isNone(0, unix.PRIO_PROCESS)), // not all of a user's
		rule(unix.SYS_IOPRIO_SET, refuse(unix.EPERM)),
		rule(unix.SYS_MIGRATE_PAGES, refuse(unix.EPERM)),
		rule(unix.SYS_MOVE_PAGES, refuse(unix.EPERM)),
	}
	asked := []map[uint32]int{Actions}
	if withSignals {
		rules = append(rules,
			// Go's runtime interrupts its threads by SIGURG, many times in a second. Nobody
			// is harmed by one who does not wait for it.
			rule(unix.SYS_TGKILL, allow, is(2, uint32(unix.SIGURG))),
			rule(unix.SYS_PIDFD_SEND_SIGNAL, ask),
			// A descriptor may have an owner, who is sent a signal when there is something
			// to read.
			rule(unix.SYS_FCNTL, refuse(unix.EPERM), is(1, unix.F_SETOWN, unix.F_SETOWN_EX)),
			rule(unix.SYS_IOCTL, refuse(unix.EPERM), is(1, fiosetown, unix.SIOCSPGRP)))
		asked = append(asked, Signals)
	}
	for _, calls := range asked {
		for number, argument := range calls {
			rules = append(rules, rule(uintptr(number), ask, isNone(argument, 0)))
		}
	}
	return rules
}

// Restrict gives the calling thread, and whatever it starts, no new privileges and
// the filter. Where it is supervised, it returns the descriptor of its listener, which
// hears of its calls; otherwise 0.
func Restrict(p Policy) (listener int, err error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("cannot give up new privileges: %w", err)
	}
	f := filter(p)
	if p.Supervised {
		// A signal does not call a thread away that is being answered, if the kernel can.
		listener, err = setFilter(f, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		if err == unix.EINVAL {
			listener, err = setFilter(f, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
		}
	} else {
		listener, err = setFilter(f, 0)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot set a filter for system calls: %w", err)
	}
	return listener, nil
}

// ListenOnly is Restrict with a filter that refuses nothing.
func ListenOnly() (listener int, err error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, err
	}
	return setFilter([]unix.SockFilter{{Code: result, K: allow}}, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
}

func setFilter(p []unix.SockFilter, flags uintptr) (int, error) {
	program := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(p)
	if errno != 0 {
		return 0, errno
	}
	return int(fd), nil
}
