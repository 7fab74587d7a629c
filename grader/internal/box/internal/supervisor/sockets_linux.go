//go:build !portable

package supervisor

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/seccomp"
)

// socket makes one, and gives it to the program.
func (s *Supervisor) socket(fd int, c *notification) error {
	family, kind, protocol := c.int(0), c.int(1), c.int(2)
	datagrams := false
	switch kind & seccomp.SocketKind {
	case unix.SOCK_STREAM:
	case unix.SOCK_SEQPACKET:
		if family != unix.AF_UNIX {
			return unix.ESOCKTNOSUPPORT
		}
	case unix.SOCK_DGRAM:
		if family == unix.AF_UNIX {
			return unix.EPROTONOSUPPORT // each of its datagrams can go to another name
		}
		datagrams = true
	default:
		return unix.EPERM
	}
	switch {
	case protocol == 0:
	case family == unix.AF_UNIX, protocol == unix.IPPROTO_TCP && datagrams, protocol == unix.IPPROTO_UDP && !datagrams:
		return unix.EPROTONOSUPPORT
	case protocol != unix.IPPROTO_TCP && protocol != unix.IPPROTO_UDP:
		return unix.EPROTONOSUPPORT
	}
	if s.full(datagrams) {
		return unix.ENFILE
	}
	own, err := unix.Socket(family, kind&(seccomp.SocketKind|unix.SOCK_NONBLOCK)|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return err
	}
	var is unix.Stat_t
	if family != unix.AF_UNIX {
		err = unix.BindToDevice(own, "lo") // for good: it would take a privilege to undo it
	}
	if err == nil {
		err = unix.Fstat(own, &is)
	}
	if err != nil {
		unix.Close(own)
		return err
	}
	s.mu.Lock()
	s.sockets[is.Ino] = &socket{family: family, datagrams: datagrams, copy: own}
	s.copies++
	s.mu.Unlock()
	if datagrams {
		s.note("it opened a socket for datagrams, and nobody sees where they go")
	}
	var flags uint32
	if kind&unix.SOCK_CLOEXEC != 0 {
		flags = unix.O_CLOEXEC
	}
	theirs, err := give(fd, c, own, flags)
	if err != nil {
		s.mu.Lock()
		s.drop(s.sockets[is.Ino])
		delete(s.sockets, is.Ino)
		s.mu.Unlock()
		return err
	}
	ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&response{id: c.id, value: theirs}))
	return nil
}

// drop closes the copy of a socket. The caller holds the supervisor's lock.
func (s *Supervisor) drop(k *socket) {
	if k.copy >= 0 {
		unix.Close(k.copy)
		k.copy = -1
		s.copies--
	}
}

// close drops everything.
func (s *Supervisor) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		s.drop(k)
	}
}

// full reports whether there are as many copies as there may be, although those were
// dropped of which the program has no more. A port for datagrams is free only then, so
// that these are dropped at once.
func (s *Supervisor) full(datagrams bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.copies < s.most && !datagrams {
		return false
	}
	has := map[uint64]bool{}
	for _, l := range proc.Descendants(0) {
		dir := fmt.Sprintf("/proc/%d/fd", l.PID)
		entries, err := os.ReadDir(dir)
		if err != nil && !l.Zombie {
			return s.copies >= s.most // whose they are can't be told
		}
		for _, e := range entries {
			if inode, ok := socketInode(dir + "/" + e.Name()); ok {
				has[inode] = true
			}
		}
	}
	for inode, k := range s.sockets {
		if !has[inode] {
			s.drop(k)
		}
	}
	return s.copies >= s.most
}

// socketInode tells which socket a descriptor is of.
func socketInode(link string) (uint64, bool) {
	text, err := os.Readlink(link)
	number, ok := strings.CutPrefix(strings.TrimSuffix(text, "]"), "socket:[")
	if err != nil || !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(number, 10, 64)
	return inode, err == nil
}

// of finds the socket that a call is about.
func (s *Supervisor) of(c *notification) *socket {
	inode, _ := socketInode(fmt.Sprintf("/proc/%d/fd/%d", c.thread, c.int(0)))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets[inode]
}

// listens lets a socket listen, and notes where. It connects to nobody from now on; and
// when the program closes it, it must be closed.
func (s *Supervisor) listens(fd int, c *notification) {
	k := s.of(c)
	if k == nil {
		goOn(fd, c)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.copy < 0 { // it listens, or is connected, which the kernel knows best
		goOn(fd, c)
		return
	}
	err := unix.Listen(k.copy, c.int(1))
	var at unix.Sockaddr
	if err == nil {
		at, err = unix.Getsockname(k.copy)
	}
	if err == nil {
		s.mu.Lock()
		switch at := at.(type) {
		case *unix.SockaddrInet4:
			s.ports[uint16(at.Port)] = true
		case *unix.SockaddrInet6:
			s.ports[uint16(at.Port)] = true
		case *unix.SockaddrUnix:
			s.names[at.Name] = true // one without a file begins with @
		}
		s.drop(k)
		s.mu.Unlock()
	}
	send(fd, c, err)
}

// connect connects a socket, if whom it is for is of the run.
func (s *Supervisor) connect(fd int, c *notification) {
	k := s.of(c)
	if k == nil {
		send(fd, c, unix.EISCONN) // a pair, or accepted: those that init did not make are connected
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		k.ended = send(fd, c, k.with) != nil
		return
	}
	if k.copy < 0 {
		send(fd, c, unix.EISCONN)
		return
	}
	to, pinned, err := s.target(k, c)
	if pinned >= 0 {
		defer unix.Close(pinned)
	}
	if !c.waits(fd) {
		return
	}
	if err == nil {
		if err = connectTo(k.copy, to); err == nil || err == unix.EINPROGRESS {
			s.mu.Lock()
			s.drop(k)
			s.mu.Unlock()
		}
	}
	if send(fd, c, err) != nil {
		k.ended, k.with = true, err
	}
}

// connectTo is connect, with an address as the kernel reads it.
func connectTo(fd int, address []byte) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&address[0])), uintptr(len(address)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// target reads the address of a connect, and reports whether it may be had. The address
// that it returns is the one to connect to. One of a file goes through a descriptor
// of it, which the caller closes.
func (s *Supervisor) target(k *socket, c *notification) (to []byte, pinned int, err error) {
	size := c.int(2)
	if size < 2 || size > unix.SizeofSockaddrAny {
		return nil, -1, unix.EINVAL
	}
	to, err = c.memory(c.args[1], size)
	switch {
	case err != nil:
		return nil, -1, err
	case int(binary.NativeEndian.Uint16(to)) != k.family:
		return nil, -1, unix.EAFNOSUPPORT
	}
	if k.family == unix.AF_UNIX {
		name := to[2:]
		if len(name) > 0 && name[0] == 0 {
			return to, -1, s.abstract(name[1:])
		}
		return s.named(c, name)
	}
	address, ok := internetAddress(k.family, to)
	if !ok {
		return nil, -1, unix.EINVAL
	}
	return to, -1, s.internet(address, k.datagrams)
}
