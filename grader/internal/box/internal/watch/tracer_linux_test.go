//go:build !portable

package watch

import (
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/ptrace"
	"lockstep/grader/internal/box/internal/shim"
)

// byHand is a run whose tracer takes the changes when the test says so: of a root, its
// child, and that one's child, all bare processes of one thread.
type byHand struct {
	*traced
	t             *testing.T
	parent, child int // below the root, of which the kernel tells first
	says          int // the descriptor to read what they say
}

// newByHand starts them, and returns when they have said so. Then they do nothing,
// unless the parent joins: it says when it has.
func newByHand(t *testing.T, joins bool) *byHand {
	t.Helper()
	runtime.LockOSThread() // the tracer
	t.Cleanup(runtime.UnlockOSThread)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil { // as a box's init is
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
	begin, say, word := pipe(t), pipe(t), []byte{0}
	root := fork()
	if root == 0 {
		bare(unix.SYS_READ, begin[0], word) // until it is traced
		if fork() != 0 {
			pause()
		}
		child := fork()
		bare(unix.SYS_WRITE, say[1], word)
		if child != 0 && joins {
			syscall.RawSyscall6(unix.SYS_WAIT4, uintptr(child), 0, 0, 0, 0, 0)
			bare(unix.SYS_WRITE, say[1], word)
		}
		pause()
	}
	h := &byHand{t: t, says: say[0]}
	h.traced = newTraced(Run{Program: shim.Program{Limits: facts.Defaults()}})
	h.begins(root)
	t.Cleanup(func() {
		h.end(nil, time.Now())
		h.rest()
	})
	if err := ptrace.Seize(root); err != nil {
		t.Skip(err)
	}
	h.must(syscall.SetNonblock(h.says, true))
	syscall.Write(begin[1], word)
	h.said()
	h.said()
	h.parent, h.child = h.table.entries[1].PID, h.table.entries[2].PID
	return h
}

// fork is the bare system call. A child that comes of it may do nothing but bare
// system calls.
func fork() int {
	pid, _, _ := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	return int(pid)
}

func pause() {
	for {
		syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
	}
}

func pipe(t *testing.T) [2]int {
	t.Helper()
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(ends[0]); syscall.Close(ends[1]) })
	return ends
}

// bare reads or writes a byte by a system call alone.
func bare(call uintptr, fd int, word []byte) {
	syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&word[0])), 1)
}

func (h *byHand) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// said hears until one of them has said something.
func (h *byHand) said() {
	h.t.Helper()
	for n := 0; n != 1; runtime.Gosched() {
		h.takeChanges()
		var err error
		if n, err = syscall.Read(h.says, []byte{0}); err != syscall.EAGAIN {
			h.must(err)
		}
	}
}

// rest hears until nobody is left.
func (h *byHand) rest() {
	for ptrace.Await() == nil {
		h.takeChanges()
	}
}

// stopped waits until a process has stopped at its end, and takes no change.
func (h *byHand) stopped(pid int) {
	h.t.Helper()
	h.must(unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED|unix.WNOWAIT|unix.WALL, nil))
}

// dead waits until a process is a zombie, and takes no change.
func (h *byHand) dead(pid int) {
	h.t.Helper()
	h.must(unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT|unix.WALL, nil))
}

// endsUnseen kills a process in such a way that its last step can't be seen. The tracer
// has taken the change that it stopped for a signal. It is killed and stops once more, for
// its end. And the tracer, letting it go on after the first stop, lets it go on after
// the second one.
func (h *byHand) endsUnseen(pid int) {
	h.t.Helper()
	h.must(syscall.Kill(pid, syscall.SIGURG))
	n := ptrace.Change{}
	var err error
	n.ID, err = syscall.Wait4(pid, &n.Status, unix.WALL, &n.Usage)
	h.must(err)
	h.must(syscall.Kill(pid, syscall.SIGKILL))
	h.stopped(pid)
	h.handle(&n)
	h.dead(pid)
}

// TestParentEndsUnseen holds what becomes of a child against its parent's last step,
// which nobody saw.
func TestParentEndsUnseen(t *testing.T) {
	for _, test := range []struct {
		name  string
		joins bool
		in    func(h *byHand)
		want  facts.State
	}{
		{"the child's death is told first", false, func(h *byHand) {
			h.must(syscall.Kill(h.child, syscall.SIGKILL))
			h.stopped(h.child)
			h.takeChanges() // its last step; it goes on to its death
			h.dead(h.child)
			h.endsUnseen(h.parent)
			h.takeChanges() // both deaths
		}, facts.Unwaited},
		{"the child's death is told before", false, func(h *byHand) {
			h.must(syscall.Kill(h.child, syscall.SIGKILL))
			h.stopped(h.child)
			h.takeChanges()
			h.dead(h.child)
			h.takeChanges() // it is the parent's now, which does not want it
			h.endsUnseen(h.parent)
			h.takeChanges()
		}, facts.Zombie},
		{"the child lives on", false, func(h *byHand) {
			h.endsUnseen(h.parent)
			h.takeChanges()
			h.must(syscall.Kill(h.child, syscall.SIGKILL))
		}, facts.Orphan},
		{"the child has made its last step", false, func(h *byHand) {
			h.must(syscall.Kill(h.child, syscall.SIGKILL))
			h.stopped(h.child)
			h.endsUnseen(h.parent)
			h.takeChanges()
		}, facts.Unwaited},
		{"the child was joined", true, func(h *byHand) {
			h.must(syscall.Kill(h.child, syscall.SIGKILL))
			h.said() // that it has joined it
			h.endsUnseen(h.parent)
			h.takeChanges()
		}, facts.Joined},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newByHand(t, test.joins)
			test.in(h)
			h.must(syscall.Kill(h.root, syscall.SIGKILL))
			h.rest()
			if got := h.table.processes()[2].State; got != test.want {
				t.Errorf("the child is %s, want %s", got, test.want)
			}
		})
	}
}

// TestBorrows: where the kernel can't be asked, who was started with its parent's memory has
// it until either executes something else or the parent ends, on however slow a machine.
func TestBorrows(t *testing.T) {
	defer func() { sharesMemory = proc.SharesMemory }()
	sharesMemory = func(int, int) (bool, error) { return false, errors.New("no kcmp") }
	for name, test := range map[string]struct {
		borrowed bool
		then     func(r *traced, parent, child *entry)
		want     bool
	}{
		"as started":           {true, nil, true},
		"a memory of its own":  {false, nil, false},
		"it executes":          {true, func(r *traced, _, child *entry) { r.executed(11, 11, &thread{of: child}, r.table.begin) }, false},
		"its parent executes":  {true, func(r *traced, parent, _ *entry) { r.executed(10, 10, &thread{of: parent}, r.table.begin) }, false},
		"its parent has ended": {true, func(_ *traced, parent, _ *entry) { parent.ended = true }, false},
	} {
		r := newTraced(Run{})
		root := r.begins(1)
		r.started = true
		parent := r.table.started(10, root.PID, r.table.begin)
		child := r.table.started(11, 10, r.table.begin)
		if child.borrowed = test.borrowed; test.then != nil {
			test.then(r, parent, child)
		}
		if got := r.borrows(child, r.table.begin.Add(time.Minute)); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
