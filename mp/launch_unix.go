//go:build linux || darwin

package mp

import (
	"encoding/binary"
	"os"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/trace"
)

// Descriptors that a child finds open, besides its standard ones. Those of
// connections in its arguments follow.
const (
	childArena   = 3
	childControl = 4
	childFirst   = 5
)

// control is a child's socket to its parent; -1 in a first process.
var control = -1

// A child knows itself before the program's own packages are initialised, and
// leaves no trace of it in the environment.
func init() {
	if path, ok := syscall.Getenv(childVariable); ok {
		syscall.Unsetenv(childVariable)
		startAsChild(path)
		restoreArgs()
	}
	if value, ok := syscall.Getenv(trace.Variable); ok {
		syscall.Unsetenv(trace.Variable)
		observeBy(value)
	}
}

// startAsChild makes this process a child.
func startAsChild(path string) {
	self.child, self.path = true, path
	arenaFD, control = childArena, childControl
	unix.CloseOnExec(childArena)
	unix.CloseOnExec(childControl)
}

// launch starts this program again as a child and hands it its order. The child
// reads nothing from standard input and shares the other standard streams.
// line is its end of a line to an observer, or negative.
func launch(p *Process, order []byte, fds []int, line int) (*child, error) {
	null, err := openNull()
	if err != nil {
		return nil, err
	}
	if err := makeArena(); err != nil {
		return nil, err
	}
	pair, err := descriptor.SocketPair()
	if err != nil {
		return nil, err
	}
	files := []uintptr{uintptr(null), 1, 2, childArena: uintptr(arenaFD), childControl: uintptr(pair[1])}
	for _, fd := range fds {
		files = append(files, uintptr(fd))
	}
	env := childEnv(p.path, line, len(files))
	if line >= 0 {
		files = append(files, uintptr(line))
	}
	c := &child{control: pair[0], pidfd: -1}
	if pid, ok := fork(p, files, line >= 0, &c.pidfd); ok {
		c.pid = pid
	} else {
		c.pid, err = forkExec(childArgs(p.name), &syscall.ProcAttr{Env: env, Files: files}, &c.pidfd)
	}
	descriptor.Close(pair[1])
	if err != nil {
		descriptor.Close(pair[0])
		return nil, err
	}
	// A child that dies before it has read everything is for Join to report.
	descriptor.WriteAll(c.control, order)
	return c, nil
}

// receiveOrder reads what launch wrote.
func receiveOrder() ([]byte, []int, error) {
	var head [orderHead]byte
	if err := descriptor.ReadAll(control, head[:]); err != nil {
		return nil, nil, err
	}
	order := make([]byte, binary.LittleEndian.Uint32(head[:]))
	fds := make([]int, binary.LittleEndian.Uint32(head[4:]))
	for i := range fds {
		fds[i] = childFirst + i
		unix.CloseOnExec(fds[i])
	}
	if err := descriptor.ReadAll(control, order); err != nil {
		return nil, nil, err
	}
	// The runtime copies a panic's message to the socket. It must not wait there
	// for a parent that does not read.
	crash := os.NewFile(uintptr(control), "parent")
	if err := debug.SetCrashOutput(crash, debug.CrashOptions{}); err != nil {
		return nil, nil, err
	}
	keepCrash.Store(crash)
	return order, fds, unix.SetNonblock(control, true)
}

// keepCrash keeps the collector from closing the control socket.
var keepCrash atomic.Pointer[os.File]

// tellParent sends a child's last words to its parent; a parent that is gone or
// does not listen doesn't matter.
func tellParent(line string) {
	if control >= 0 {
		unix.Write(control, []byte(line))
	}
}

func signalSelf(sig syscall.Signal) error {
	return os.NewSyscallError("kill", unix.Kill(self.pid, sig))
}
