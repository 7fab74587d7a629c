package mp

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

const sigkill = syscall.SIGKILL

// control is a child's pipe to its parent.
var control wire

// A child knows itself before the program's own packages are initialised. Its
// mark in the environment names the handles that it inherited.
func init() {
	mark, ok := syscall.Getenv(childVariable)
	if !ok {
		return
	}
	syscall.Unsetenv(childVariable)
	self.child = true
	fmt.Sscan(strings.ReplaceAll(mark, ",", " "), (*uintptr)(&arenaHandle), (*uintptr)(&control.in), (*uintptr)(&control.out), &self.path)
	restoreArgs()
}

// A child is one that this process has not reaped yet.
type child struct {
	pid     int
	handle  windows.Handle
	control wire
}

// launch starts this program again as a child and hands it its order.
func launch(p *Process, order []byte, fds []int, _ int) (*child, error) {
	if err := makeArena(); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	near, far, err := newWires()
	if err != nil {
		return nil, err
	}
	defer far.close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		near.close()
		return nil, err
	}
	defer null.Close()

	inherited := []syscall.Handle{syscall.Handle(arenaHandle), syscall.Handle(far.in), syscall.Handle(far.out)}
	numbers := make([]byte, 0, 8*len(fds))
	for _, h := range fds {
		inherited = append(inherited, syscall.Handle(h))
		numbers = binary.LittleEndian.AppendUint64(numbers, uint64(h))
	}
	env := childEnv(fmt.Sprintf("%d,%d,%d,%s", arenaHandle, far.in, far.out, p.path), -1, 0)
	pid, handle, err := startInheriting(program, childArgs(p.name), &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{null.Fd(), os.Stdout.Fd(), os.Stderr.Fd()},
		Sys:   &syscall.SysProcAttr{AdditionalInheritedHandles: inherited},
	})
	if err != nil {
		near.close()
		return nil, os.NewSyscallError("CreateProcess", err)
	}
	near.write(append(order[:orderHead:orderHead], append(numbers, order[orderHead:]...)...))
	return &child{pid, windows.Handle(handle), near}, nil
}

// startInheriting marks the handles as inheritable for as long as it takes.
func startInheriting(program string, args []string, attr *syscall.ProcAttr) (int, uintptr, error) {
	syscall.ForkLock.Lock()
	for _, h := range attr.Sys.AdditionalInheritedHandles {
		windows.SetHandleInformation(windows.Handle(h), windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT)
	}
	syscall.ForkLock.Unlock() // StartProcess takes it, and lists what is inherited
	defer func() {
		for _, h := range attr.Sys.AdditionalInheritedHandles {
			windows.SetHandleInformation(windows.Handle(h), windows.HANDLE_FLAG_INHERIT, 0)
		}
	}()
	return syscall.StartProcess(program, args, attr)
}

// receiveOrder reads what launch wrote.
func receiveOrder() ([]byte, []int, error) {
	var head [orderHead]byte
	if err := control.read(head[:]); err != nil {
		return nil, nil, err
	}
	numbers := make([]byte, 8*binary.LittleEndian.Uint32(head[4:]))
	order := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if err := control.read(numbers); err != nil {
		return nil, nil, err
	}
	var fds []int
	for ; len(numbers) > 0; numbers = numbers[8:] {
		fds = append(fds, int(binary.LittleEndian.Uint64(numbers)))
	}
	return order, fds, control.read(order)
}

// tellParent sends a child's last words to its parent.
func tellParent(line string) {
	if self.child {
		control.write([]byte(line))
	}
}

func (c *child) lastWords() string {
	var words []byte
	b := make([]byte, 1)
	for len(words) < 4096 {
		if ready, err := c.control.poll(0); !ready || err != nil || c.control.read(b) != nil || b[0] == '\n' {
			break
		}
		words = append(words, b[0])
	}
	return string(words)
}

// await waits until the child has ended, for at most d when d is not negative.
func (c *child) await(d time.Duration) (ended bool, err error) {
	wait := uint32(windows.INFINITE)
	if d >= 0 {
		wait = uint32(min((d+time.Millisecond-1)/time.Millisecond, 1<<30))
	}
	event, err := windows.WaitForSingleObject(c.handle, wait)
	return event == windows.WAIT_OBJECT_0, os.NewSyscallError("WaitForSingleObject", err)
}

// awaitFirst waits until one of the children has ended, which it leaves to be reaped, or
// there is something to receive from one of the wires, or an end of file.
func awaitFirst(children []*child, wires []wire) error { return lookForFirst(children, wires) }

// bySignal marks the exit code of a process that was ended in the place of a signal;
// the signal's number follows.
const bySignal = 0xe0 << 24

// signal ends the child: the system has no way to ask it.
func (c *child) signal(sig syscall.Signal) error {
	return terminate(c.handle, sig)
}

func terminate(process windows.Handle, sig syscall.Signal) error {
	return os.NewSyscallError("TerminateProcess", windows.TerminateProcess(process, bySignal|uint32(sig)))
}

// reap takes the status of a child that has ended.
func (c *child) reap() (status, error) {
	defer windows.CloseHandle(c.handle)
	defer c.control.close()
	var code uint32
	if err := windows.GetExitCodeProcess(c.handle, &code); err != nil {
		return status{}, os.NewSyscallError("GetExitCodeProcess", err)
	}
	if code&^0xff == bySignal {
		sig := syscall.Signal(code & 0xff)
		return status{code: -int(sig), signal: sig}, nil
	}
	s := status{code: int(code)}
	if s.code != 0 {
		s.line = c.lastWords()
	}
	return s, nil
}

func signalSelf(sig syscall.Signal) error { return terminate(windows.CurrentProcess(), sig) }
