//go:build !portable

package box

import (
	"fmt"
	"os"
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
	load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	and    = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	anyOf  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	atMost = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	yield  = unix.BPF_RET | unix.BPF_K
)

func refuse(errno unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(errno) }

// filter assembles the program.
func filter(o *shimOrder) []unix.SockFilter {
	// Each rule starts and ends with the system call's number loaded, so that
	// rules can follow one another in any order.
	p := []unix.SockFilter{
		{Code: load, K: dataArch},
		{Code: equal, Jt: 1, K: auditArch},
		{Code: yield, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: dataNumber},
		{Code: atMost, Jf: 1, K: 0x40000000}, // the x32 interface
		{Code: yield, K: refuse(unix.ENOSYS)},
		// Its flags are behind a pointer; everybody falls back to clone.
		{Code: equal, Jf: 1, K: unix.SYS_CLONE3},
		{Code: yield, K: refuse(unix.ENOSYS)},
		{Code: equal, Jf: 4, K: unix.SYS_CLONE},
		{Code: load, K: dataArgs},
		{Code: anyOf, Jf: 1, K: forbiddenClone},
		{Code: yield, K: refuse(unix.EPERM)},
		{Code: load, K: dataNumber},
		{Code: equal, Jf: 5, K: unix.SYS_PTRACE},
		{Code: load, K: dataArgs},
		{Code: equal, Jt: 2, K: ptraceTraceme},
		{Code: equal, Jt: 1, K: ptraceDetach},
		{Code: yield, K: refuse(unix.EPERM)},
		{Code: load, K: dataNumber},
		{Code: equal, Jf: 7, K: unix.SYS_SOCKET},
		{Code: load, K: dataArgs},
		{Code: equal, Jt: 4, K: unix.AF_UNIX},
		{Code: equal, Jt: 3, K: unix.AF_INET},
		{Code: equal, Jt: 2, K: unix.AF_INET6},
		{Code: equal, Jt: 1, K: unix.AF_NETLINK},
		{Code: yield, K: refuse(unix.EAFNOSUPPORT)},
		{Code: load, K: dataNumber},
		// Streams that are not TCP's would pass by the rules for TCP. Go's own try
		// of one (MPTCP) falls back to TCP.
		{Code: equal, Jf: 6, K: unix.SYS_SOCKET},
		{Code: load, K: dataArgs + 16},
		{Code: equal, Jt: 2, K: unix.IPPROTO_MPTCP},
		{Code: equal, Jt: 1, K: unix.IPPROTO_SCTP},
		{Code: equal, Jf: 1, K: unix.IPPROTO_DCCP},
		{Code: yield, K: refuse(unix.EPROTONOSUPPORT)},
		{Code: load, K: dataNumber},
		// A socket whose last owner waits when it is closed: that may be whoever it
		// was sent to.
		{Code: equal, Jf: 6, K: unix.SYS_SETSOCKOPT},
		{Code: load, K: dataArgs + 8},
		{Code: equal, Jf: 3, K: unix.SOL_SOCKET},
		{Code: load, K: dataArgs + 16},
		{Code: equal, Jf: 1, K: unix.SO_LINGER},
		{Code: yield, K: refuse(unix.EPERM)},
		{Code: load, K: dataNumber},
		{Code: equal, Jf: 4, K: unix.SYS_IOCTL},
		{Code: load, K: dataArgs + 8},
		{Code: equal, Jf: 1, K: unix.TIOCSTI}, // types into the terminal
		{Code: yield, K: refuse(unix.EPERM)},
		{Code: load, K: dataNumber},
	}
	if len(o.Guarded) > 0 {
		for _, number := range []uint32{unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_TGKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_PIDFD_OPEN, unix.SYS_PRLIMIT64, unix.SYS_SCHED_SETAFFINITY, unix.SYS_SETPRIORITY} {
			argument := uint32(dataArgs)
			if number == unix.SYS_SETPRIORITY {
				argument += 8
			}
			all := append([]int{-1}, o.Guarded...)
			p = append(p,
				unix.SockFilter{Code: equal, Jf: uint8(2*len(all) + 2), K: number},
				unix.SockFilter{Code: load, K: argument})
			for _, pid := range all {
				p = append(p,
					unix.SockFilter{Code: equal, Jf: 1, K: uint32(int32(pid))},
					unix.SockFilter{Code: yield, K: refuse(unix.EPERM)})
			}
			p = append(p, unix.SockFilter{Code: load, K: dataNumber})
		}
	}
	if o.Supervised {
		p = slices.Concat(p, onSockets(), onProcesses(!o.Scoped))
	}
	for _, number := range slices.Concat(refused, o.alsoRefused()) {
		p = append(p,
			unix.SockFilter{Code: equal, Jf: 1, K: uint32(number)},
			unix.SockFilter{Code: yield, K: refuse(unix.EPERM)})
	}
	return append(p, unix.SockFilter{Code: yield, K: unix.SECCOMP_RET_ALLOW})
}

// supervised are the rules on sockets where programs share the machine's network: a
// supervisor makes them, and connects them. To connect by sending is refused, for nobody
// would see it; so each datagram may name whom it is for, which makes whoever opens a
// socket for them untold (see Observation.Unheld).
var supervised = []unix.SockFilter{
	{Code: equal, Jf: 4, K: unix.SYS_SOCKET},
	{Code: load, K: dataArgs},
	{Code: equal, Jt: 1, K: unix.AF_NETLINK},
	{Code: yield, K: unix.SECCOMP_RET_USER_NOTIF},
	{Code: load, K: dataNumber},
	{Code: equal, Jf: 1, K: unix.SYS_CONNECT},
	{Code: yield, K: unix.SECCOMP_RET_USER_NOTIF},
	{Code: equal, Jf: 1, K: unix.SYS_LISTEN},
	{Code: yield, K: unix.SECCOMP_RET_USER_NOTIF},
	{Code: equal, Jf: 6, K: unix.SYS_SOCKETPAIR},
	{Code: load, K: dataArgs + 8},
	{Code: and, K: socketKind},
	{Code: equal, Jt: 2, K: unix.SOCK_STREAM},
	{Code: equal, Jt: 1, K: unix.SOCK_SEQPACKET},
	{Code: yield, K: refuse(unix.EPROTONOSUPPORT)},
	{Code: load, K: dataNumber},
	{Code: equal, Jf: 7, K: unix.SYS_SETSOCKOPT},
	{Code: load, K: dataArgs + 8},
	{Code: equal, Jf: 4, K: unix.SOL_SOCKET},
	{Code: load, K: dataArgs + 16},
	{Code: equal, Jt: 1, K: unix.SO_BINDTODEVICE},
	{Code: equal, Jf: 1, K: unix.SO_BINDTOIFINDEX},
	{Code: yield, K: refuse(unix.EPERM)},
	{Code: load, K: dataNumber},
}

// sending are calls that send, and which of their arguments has flags.
var sending = map[uint32]uint32{unix.SYS_SENDTO: 3, unix.SYS_SENDMSG: 2, unix.SYS_SENDMMSG: 3}

// onSockets are the rules on sockets.
func onSockets() []unix.SockFilter {
	p := slices.Clone(supervised)
	for number, argument := range sending {
		p = append(p,
			unix.SockFilter{Code: equal, Jf: 4, K: number},
			unix.SockFilter{Code: load, K: dataArgs + 8*argument},
			unix.SockFilter{Code: anyOf, Jf: 1, K: unix.MSG_FASTOPEN},
			unix.SockFilter{Code: yield, K: refuse(unix.EOPNOTSUPP)},
			unix.SockFilter{Code: load, K: dataNumber})
	}
	return p
}

// alsoRefused are calls to refuse beyond those of every program.
func (o *shimOrder) alsoRefused() []uintptr {
	if o.Settled {
		return settled
	}
	return nil
}

// restrain gives the calling thread, and whatever it starts, no new privileges and
// the filter. Where it is supervised, it returns the descriptor that hears of its
// calls; otherwise 0.
func restrain(o *shimOrder) (hears int, err error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("cannot give up new privileges: %w", err)
	}
	p := filter(o)
	if o.Supervised {
		// A signal does not call a thread away that is being answered, if the kernel can.
		hears, err = setFilter(p, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		if err == unix.EINVAL {
			hears, err = setFilter(p, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
		}
	} else {
		hears, err = setFilter(p, 0)
	}
	if err != nil {
		return 0, fmt.Errorf("cannot set a filter for system calls: %w", err)
	}
	return hears, nil
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

// guarded are the processes that watch the program, and that it must not be able
// to end or stop: init, and the grader where the program sees it.
func guarded() []int {
	if os.Getpid() == 1 {
		return []int{1}
	}
	return []int{os.Getpid(), -os.Getpid(), os.Getppid(), -os.Getppid()}
}
