//go:build !portable

// Package ptrace is the kernel's tracing of threads: who calls it is the tracer.
package ptrace

import (
	"encoding/binary"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// options: everything that starts or ends, and nobody survives the tracer.
const options = unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE |
	unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEEXIT | unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_EXITKILL

// Change is what the kernel tells of a thread: it stopped, or it is gone.
type Change struct {
	ID     int
	Status syscall.WaitStatus
	Usage  syscall.Rusage
	Left   bool // it is the end of a process that had no other parent any more than init
}

// Event is what a thread stopped for; 0: for a signal.
func (c *Change) Event() int { return int(c.Status) >> 16 }

// Starts reports whether it is that the thread started another one.
func (c *Change) Starts() bool {
	switch c.Event() {
	case unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK, unix.PTRACE_EVENT_CLONE:
		return c.Status.Stopped()
	}
	return false
}

// Pending takes all changes there are, after those in room. The kernel tells of the
// youngest first.
func Pending(room []Change) []Change {
	all := room
	taken := takenOver()
	for {
		var c Change
		var err error
		c.ID, err = syscall.Wait4(-1, &c.Status, unix.WNOHANG|unix.WALL, &c.Usage)
		if err != nil || c.ID <= 0 {
			return all
		}
		if !c.Status.Stopped() {
			before := taken
			taken = takenOver()
			c.Left = taken != before
		}
		all = append(all, c)
	}
}

// takenOver grows whenever the calling process takes a process away as its parent. The
// kernel tells the tracer of an end before anybody else, and only then the parent: who
// still has one then is passed on to it, and isn't counted here. So this tells whether
// the parent was there at the very moment at which the change was taken; whatever one asks
// before or afterwards, it may end in between. Every process has faults or switches.
func takenOver() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u)
	return u.Minflt + u.Majflt + u.Nvcsw + u.Nivcsw
}

// Await waits until a child or a traced thread has something to tell.
func Await() error {
	for {
		err := unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOWAIT|unix.WALL, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

// Message reads what the kernel adds to the event for which a thread has stopped:
// whom it started, or what its number was. There is none when the thread was killed
// meanwhile. It then stops once more, for its end, and what is to be read there is
// its exit status, which would pass for the number of a process.
func Message(id, event int) (int, bool) {
	said, err := unix.PtraceGetEventMsg(id)
	return int(said), err == nil && stoppedFor(id) == event
}

// stoppedFor is the event for which a thread stands stopped now; 0: none.
func stoppedFor(id int) int {
	var info [128]byte // siginfo_t: signal, errno and code, each of 32 bits
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GETSIGINFO, uintptr(id), 0, uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		return 0
	}
	return int(binary.NativeEndian.Uint32(info[8:])) >> 8
}

// Seize makes the calling thread the tracer of a thread.
func Seize(id int) error {
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(id), 0, options, 0, 0); errno != 0 {
		return os.NewSyscallError("ptrace", errno)
	}
	return nil
}

// Resume lets a stopped thread go on. That it was killed meanwhile is no error.
func Resume(id int, signal syscall.Signal) {
	unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_CONT, uintptr(id), 0, uintptr(signal), 0, 0)
}

// Listen leaves a stopped thread stopped, and open to be continued.
func Listen(id int) {
	unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_LISTEN, uintptr(id), 0, 0, 0, 0)
}
