//go:build !portable

package supervisor

import (
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/seccomp"
	"lockstep/grader/internal/box/internal/wire"
)

// Begin listens until the last process of the run is gone. There is one descriptor of
// the filter's, or none. The shim is still the grader's own program: if its memory can't be read, then
// it is this machine that forbids it, and not the run that hides something.
func (s *Supervisor) Begin(listeners []*os.File, shim int) {
	if s == nil {
		wire.CloseAll(listeners)
		return
	}
	if _, err := (&notification{thread: uint32(shim)}).memory(0, 0); err != nil {
		s.blind = true
	}
	for _, f := range listeners {
		go s.listen(f)
	}
}

func (s *Supervisor) listen(listener *os.File) {
	fd := int(listener.Fd())
	// Whoever asks and who answers take turns on one processor, where the kernel can.
	unix.IoctlSetInt(fd, unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1)
	var answers sync.WaitGroup
	defer func() {
		answers.Wait()
		listener.Close()
		s.close()
	}()
	for {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(p, -1); err == unix.EINTR {
			continue
		}
		if p[0].Revents&unix.POLLIN == 0 {
			return // nobody is left who could ask
		}
		c := new(notification)
		if ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(c)) != nil {
			continue // the caller is gone, or asks again after a signal
		}
		if c.number == unix.SYS_CONNECT && !s.blind { // can take long
			answers.Go(func() { s.connect(fd, c) })
		} else {
			s.answer(fd, c)
		}
	}
}

// answer decides on a call that takes no time, and lets the thread go on.
func (s *Supervisor) answer(fd int, c *notification) {
	if s.blind && s.passes(c) {
		goOn(fd, c)
		return
	}
	switch c.number {
	case unix.SYS_SOCKET:
		if err := s.socket(fd, c); err != nil {
			send(fd, c, err)
		}
	case unix.SYS_LISTEN:
		s.listens(fd, c)
	default:
		if goesOn, err := act(c); goesOn && err == nil {
			goOn(fd, c)
		} else {
			send(fd, c, err)
		}
	}
}

// passes reports whether a call goes on that can't be decided on blindly.
func (s *Supervisor) passes(c *notification) bool {
	switch c.number {
	case unix.SYS_SOCKET:
		if c.int(0) != unix.AF_UNIX || c.int(1)&seccomp.SocketKind == unix.SOCK_DGRAM {
			s.note("it opened a socket, and nobody may see on this machine whom it reaches")
		}
		return true
	case unix.SYS_CONNECT, unix.SYS_LISTEN, unix.SYS_PIDFD_SEND_SIGNAL:
		return true
	}
	return false
}
