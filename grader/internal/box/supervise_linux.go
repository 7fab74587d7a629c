//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Where programs share the machine's network, a filter can't tell whom they reach:
// it sees an address as a pointer. So it has the kernel ask init, while the thread
// that calls waits. Init does not let the call go on once it has read the address,
// for another thread could change it in between: it does the call itself, on a copy
// of the socket. It has one because it makes the sockets, too.

// supervisor answers the calls of one run.
type supervisor struct {
	work  []string // the names of the folder in which the run may have sockets with names
	most  int      // copies that it may have at a time
	blind bool     // nobody may read the program's memory here: its sockets are its own

	mu      sync.Mutex
	sockets map[uint64]*socket // what the run was given, and where the grader listens, by inode
	ports   map[uint16]bool    // at which one of them has listened
	names   map[string]bool    // likewise, of those that are no file's
	copies  int
	unheld  string
}

// mostCopies bounds the copies of sockets that are neither connected nor listen, of
// which a program has a few at a time. They take descriptors of init's.
const mostCopies = 64

// supervisor is what a run of this place's needs.
func (p *place) supervisor(work string) *supervisor {
	if !p.supervised {
		return nil
	}
	s := &supervisor{work: []string{work}, most: mostCopies, blind: p.Blind, sockets: map[uint64]*socket{}, ports: map[uint16]bool{}, names: map[string]bool{}}
	for inode, port := range p.served {
		s.sockets[inode], s.ports[port] = &socket{copy: -1}, true
	}
	if real, err := filepath.EvalSymlinks(work); err == nil {
		s.work = append(s.work, real)
	}
	var files unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &files) == nil && files.Cur < 4*mostCopies {
		s.most = int(files.Cur / 4)
	}
	return s
}

// found says by what the run could reach others unseen.
func (s *supervisor) found() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unheld
}

// call is struct seccomp_notif.
type call struct {
	id     uint64
	thread uint32
	flags  uint32
	number int32
	arch   uint32
	_      uint64 // the instruction
	args   [6]uint64
}

// int is an argument that is a number of 32 bits.
func (c *call) int(i int) int { return int(int32(c.args[i])) }

// reply is struct seccomp_notif_resp.
type reply struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// gift is struct seccomp_notif_addfd.
type gift struct {
	id      uint64
	flags   uint32
	fd      uint32
	newFD   uint32
	newFlag uint32
}

// begin listens until the last process of the run is gone. There is one descriptor,
// or none. The shim is still the grader's own program: if its memory can't be read, then
// it is this machine that forbids it, and not the run that hides something.
func (s *supervisor) begin(hears []*os.File, shim int) {
	if s == nil {
		closeAll(hears)
		return
	}
	if _, err := (&call{thread: uint32(shim)}).memory(0, 0); err != nil {
		s.blind = true
	}
	for _, f := range hears {
		go s.listen(f)
	}
}

func (s *supervisor) listen(hears *os.File) {
	fd := int(hears.Fd())
	// Whoever asks and who answers take turns on one processor, where the kernel can.
	unix.IoctlSetInt(fd, unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1)
	var answers sync.WaitGroup
	defer func() {
		answers.Wait()
		hears.Close()
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
		c := new(call)
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
func (s *supervisor) answer(fd int, c *call) {
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

// give puts a descriptor of init's into the caller's process, and returns its number
// there. That the kernel could also answer the call with it at once is of no use: should
// a signal reach init meanwhile, it answers without it (up to Linux 6.18 at least).
func give(fd int, c *call, own int, flags uint32) (int64, error) {
	g := gift{id: c.id, fd: uint32(own), newFlag: flags}
	for {
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&g)))
		switch errno {
		case 0:
			return int64(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// passes says whether a call goes on that can't be decided on blindly.
func (s *supervisor) passes(c *call) bool {
	switch c.number {
	case unix.SYS_SOCKET:
		if c.int(0) != unix.AF_UNIX || c.int(1)&socketKind == unix.SOCK_DGRAM {
			s.note("it opened a socket, and nobody may see on this machine whom it reaches")
		}
		return true
	case unix.SYS_CONNECT, unix.SYS_LISTEN, unix.SYS_PIDFD_SEND_SIGNAL:
		return true
	}
	return false
}

// note notes by what the run could reach others unseen.
func (s *supervisor) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unheld = what
}

// send tells a thread how its call has ended. The error means that it no longer waits:
// a signal called it away, or it is dead.
func send(fd int, c *call, outcome error) error {
	var errno unix.Errno
	if outcome != nil && !errors.As(outcome, &errno) {
		errno = unix.EACCES
	}
	return ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&reply{id: c.id, errno: -int32(errno)}))
}

// goOn lets the kernel do a call.
func goOn(fd int, c *call) {
	ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&reply{id: c.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}))
}

// waits says whether a thread still waits for an answer: what was read of a thread of
// its number is its own.
func (c *call) waits(fd int) bool {
	return ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&c.id)) == nil
}

// memory reads what an argument points to. Containers keep calls from programs that read
// another's memory, but not this file.
func (c *call) memory(at uint64, size int) ([]byte, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", c.thread))
	if err != nil {
		return nil, unix.EACCES
	}
	defer f.Close()
	text := make([]byte, size)
	if _, err := f.ReadAt(text, int64(at)); err != nil {
		return nil, unix.EFAULT
	}
	return text, nil
}

func ioctl(fd int, request uint, argument unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(argument))
	runtime.KeepAlive(argument)
	if errno != 0 {
		return errno
	}
	return nil
}

// supervisable says why programs can't be supervised here; nil: they can. It sets a
// filter that refuses nothing on a thread that ends.
func supervisable() error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread()
		failed <- func() error {
			if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
				return err
			}
			fd, err := setFilter([]unix.SockFilter{{Code: yield, K: unix.SECCOMP_RET_ALLOW}}, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			// Nobody has this number; a kernel that knows what is wanted says so.
			err = ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Pointer(&gift{id: 1 << 63}))
			if err != unix.ENOENT {
				return err
			}
			return nil
		}()
	}()
	if err := <-failed; err != nil {
		return fmt.Errorf("cannot supervise system calls: %w", err)
	}
	return nil
}
