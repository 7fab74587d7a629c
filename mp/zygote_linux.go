//go:build !portable

package mp

import (
	"encoding/binary"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/trace"
)

// Whoever runs a program many times spends most of the time on starting processes: the
// system loads the program, and Go's runtime and the packages initialise themselves,
// always in the same way. A zygote is a process that has done so and nothing else, and
// waits. Told to, it forks, and the fork goes on with Main as a process that was just
// started. (So does Android with its apps' virtual machine, whence the name.)
//
// Go's runtime knows nothing of forks. What makes this one good is that there is one
// processor (trace.LoneSetting), so that one thread runs all goroutines, and that one
// forks. A process that has one goroutine can do without the others: nobody has to take
// the processor from a goroutine that waits in the kernel, and nobody to take it over.
// Who runs programs must therefore leave out those with goroutines, pools and managers.
//
// A tool's zygote forks first processes. Each of them forks a zygote of its own before
// anything else, for its children. Forks are siblings of their zygote (CLONE_PARENT), so
// that everybody's parent is who it always is.

// nursery is this process's socket to the zygote of its children; -1: there is none.
var nursery = -1

// bred is what a fork must find unchanged in its parent, which a started child would
// have got from it.
var bred struct {
	env, args []string
	dir       string
}

// outOfTheWay is from where on descriptors are that a program has not opened.
const outOfTheWay = 100

// serveFirst makes a process for each request on a tool's line, and returns in each of
// them. A request is a byte with trace.ForkFiles. All processes of a run keep standard
// error open, whatever the program does: it closes with the last of them.
func serveFirst(fd int) {
	if raceEnabled || runtime.NumGoroutine() > 1 {
		os.Exit(exitFailed)
	}
	rehearse()
	stock()
	in := newInbox()
	// Beside the monitor there are threads that took over while packages were initialised.
	// Once they sleep they hold nothing that a fork could miss.
	for awake() {
	}
	for {
		_, fds := in.receive(fd)
		if len(fds) != trace.ForkFiles {
			os.Exit(0) // nobody asks any more
		}
		if forkRaw(unix.CLONE_PARENT) == 0 {
			keep(fds[2])
			raw(unix.SYS_DUP3, fds[1], 1, 0)
			raw(unix.SYS_DUP3, fds[2], 2, 0)
			raw(unix.SYS_DUP3, fds[0], fd, unix.O_CLOEXEC)
			closeRaw(fds...)
			if !breed(fd, in) {
				self.pid = syscall.Getpid()
				observeBy(strconv.Itoa(fd))
			}
			return
		}
		closeRaw(fds...)
	}
}

// rehearse has the library find out what every process needs to know of its types.
func rehearse() {
	for _, t := range registry.waiting {
		codecOf(t)
		v := reflect.Zero(t).Interface()
		_, _ = v.(handle)
		_, _ = v.(identified)
	}
}

// stock has the allocator hold room for small objects of all sizes, which it would
// otherwise find in each fork.
func stock() {
	for size := 8; size <= 1<<10; size += 8 {
		runtime.KeepAlive(make([]byte, size))
		runtime.KeepAlive(make([]*byte, size/8))
	}
}

// keep holds a descriptor out of the way for as long as this process and its forks live.
func keep(fd int) int {
	kept := raw(unix.SYS_FCNTL, fd, unix.F_DUPFD_CLOEXEC, outOfTheWay)
	if kept < 0 {
		os.Exit(exitFailed)
	}
	return kept
}

// breed makes the zygote of this process's children. It returns true in a child, which is
// the zygote's fork. line is this process's, of which the zygote keeps nothing.
func breed(line int, in *inbox) bool {
	pair, err := descriptor.SocketPair()
	if err != nil {
		os.Exit(exitFailed)
	}
	near, far := keep(pair[0]), keep(pair[1])
	closeRaw(pair[0], pair[1])
	if forkRaw(0) == 0 {
		closeRaw(line, near)
		return serveChildren(far, in)
	}
	closeRaw(far)
	nursery = near
	bred.env, bred.args = os.Environ(), slices.Clone(os.Args)
	bred.dir, _ = unix.Getwd()
	return false
}

// serveChildren makes a child for each request, and returns true in it. A request is a
// head, which gives the path's length and which of the descriptors is the child's line,
// and the path. The descriptors are those from 0 on. The answer is the child's number.
func serveChildren(requests int, in *inbox) bool {
	for {
		text, fds := in.receive(requests)
		if len(text) < forkHead {
			unix.Exit(0) // the parent is gone
		}
		pid := forkRaw(unix.CLONE_PARENT)
		if pid == 0 {
			closeRaw(requests)
			becomeChild(string(text[forkHead:]), fds, int(binary.LittleEndian.Uint32(text)))
			return true
		}
		closeRaw(fds...)
		binary.LittleEndian.PutUint32(in.answer[:], uint32(pid))
		syscall.RawSyscall(unix.SYS_WRITE, uintptr(requests), uintptr(unsafe.Pointer(&in.answer)), unsafe.Sizeof(in.answer))
	}
}

// Of a request to the zygote of a process's children.
const (
	forkHead    = 4
	longestPath = 256
	mostFiles   = outOfTheWay / 2
)

// becomeChild makes this fork what a child is that was started with these descriptors.
func becomeChild(path string, fds []int, line int) {
	self.pid = syscall.Getpid()
	for i, fd := range fds { // above all places
		fds[i], _ = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, len(fds))
		descriptor.Close(fd)
	}
	for i, fd := range fds {
		unix.Dup3(fd, i, 0)
		descriptor.Close(fd)
	}
	startAsChild(path)
	if line > 0 {
		observeBy(strconv.Itoa(line))
	}
}

// fork has the zygote make a child, if there is one and the child would be as if it had
// been started.
func fork(p *Process, files []uintptr, line bool, pidfd *int) (pid int, ok bool) {
	if nursery < 0 || p.service || len(files) > mostFiles || len(p.path) > longestPath {
		return 0, false
	}
	if dir, err := unix.Getwd(); err != nil || dir != bred.dir || !slices.Equal(os.Args, bred.args) || !slices.Equal(os.Environ(), bred.env) {
		return 0, false
	}
	request := make([]byte, forkHead, forkHead+len(p.path))
	if line {
		binary.LittleEndian.PutUint32(request, uint32(len(files)-1))
	}
	fds := make([]int, len(files))
	for i, fd := range files {
		fds[i] = int(fd)
	}
	if unix.Sendmsg(nursery, append(request, p.path...), unix.UnixRights(fds...), nil, 0) != nil {
		return 0, false
	}
	var answer [4]byte
	if descriptor.ReadAll(nursery, answer[:]) != nil {
		return 0, false
	}
	if pid = int(int32(binary.LittleEndian.Uint32(answer[:]))); pid <= 0 {
		return 0, false
	}
	if *pidfd, _ = unix.PidfdOpen(pid, 0); *pidfd < 0 {
		*pidfd = -1
	}
	return pid, true
}

// forkRaw forks this thread's process. It returns 0 in the fork, and something negative
// where there is none.
func forkRaw(flags uintptr) int {
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD)|flags, 0, 0, 0, 0, 0)
	if errno != 0 {
		return -int(errno)
	}
	return int(pid)
}

// raw makes a system call without the runtime's knowledge. What is negative is an error.
func raw(call, a, b, c int) int {
	r, _, errno := syscall.RawSyscall(uintptr(call), uintptr(a), uintptr(b), uintptr(c))
	if errno != 0 {
		return -int(errno)
	}
	return int(r)
}

func closeRaw(fds ...int) {
	for _, fd := range fds {
		raw(unix.SYS_CLOSE, fd, 0, 0)
	}
}

// An inbox is where a zygote receives its requests, one at a time. It is made once: of each
// page that a process writes to after a fork, the system makes a copy, which costs far more
// than a call.
type inbox struct {
	text    [forkHead + longestPath]byte
	control struct {
		unix.Cmsghdr
		fds [mostFiles]int32
	}
	fds     [mostFiles]int
	answer  [4]byte
	vector  unix.Iovec
	message unix.Msghdr
}

func newInbox() *inbox {
	in := &inbox{}
	in.vector.Base = &in.text[0]
	in.vector.SetLen(len(in.text))
	in.message = unix.Msghdr{Iov: &in.vector, Iovlen: 1, Control: (*byte)(unsafe.Pointer(&in.control))}
	return in
}

// receive waits for a message without the runtime's knowledge, which would have
// another thread go on in the meantime. What it returns is good until the next.
func (in *inbox) receive(fd int) (text []byte, fds []int) {
	for {
		in.message.SetControllen(int(unsafe.Sizeof(in.control)))
		got, _, errno := syscall.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&in.message)), unix.MSG_CMSG_CLOEXEC)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 || got == 0 {
			return nil, nil
		}
		n := 0
		if in.message.Controllen > 0 {
			n = (int(in.control.Len) - unix.SizeofCmsghdr) / 4
		}
		for i, fd := range in.control.fds[:n] {
			in.fds[i] = int(fd)
		}
		return in.text[:got], in.fds[:n]
	}
}

// awake reports whether one of this process's other threads does not sleep. It keeps the
// runtime from noticing, like receiveRaw.
func awake() bool {
	var names [4096]byte
	n := readRaw("/proc/self/task\x00", func(fd uintptr) uintptr {
		n, _, _ := syscall.RawSyscall(unix.SYS_GETDENTS64, fd, uintptr(unsafe.Pointer(&names[0])), uintptr(len(names)))
		return n
	})
	_, _, tasks := unix.ParseDirent(names[:n], -1, nil)
	for _, task := range tasks {
		if task == strconv.Itoa(unix.Gettid()) {
			continue
		}
		var text [512]byte
		n := readRaw("/proc/self/task/"+task+"/stat\x00", func(fd uintptr) uintptr {
			n, _, _ := syscall.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
			return n
		})
		stat := string(text[:n])
		if state := stat[strings.LastIndexByte(stat, ')')+1:]; n > 0 && !strings.HasPrefix(state, " S") {
			return true
		}
	}
	return false
}

// readRaw opens a file, whose name ends with a zero, for one read.
func readRaw(name string, read func(fd uintptr) uintptr) (n int) {
	at := unix.AT_FDCWD
	fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(unsafe.StringData(name))), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return 0
	}
	n = int(read(fd))
	syscall.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	return max(n, 0)
}
