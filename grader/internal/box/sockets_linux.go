package box

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is one that a run was given.
type socket struct {
	family    int
	datagrams bool
	mu        sync.Mutex
	copy      int   // init's own descriptor of it; -1: it needs none any more
	ended     bool  // it was connected for a thread that a signal had called away …
	with      error // … with this outcome, for when it asks again
}

// socketKind is what of a socket's type is no flag.
const socketKind = 0xf

// socket makes one, and gives it to the program.
func (s *supervisor) socket(fd int, c *call) error {
	family, kind, protocol := c.int(0), c.int(1), c.int(2)
	datagrams := false
	switch kind & socketKind {
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
	own, err := unix.Socket(family, kind&(socketKind|unix.SOCK_NONBLOCK)|unix.SOCK_CLOEXEC, protocol)
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
	if datagrams {
		s.unheld = "it opened a socket for datagrams, and nobody sees where they go"
	}
	s.mu.Unlock()
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
	ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&reply{id: c.id, value: theirs}))
	return nil
}

// drop closes the copy of a socket. The caller holds the supervisor's lock.
func (s *supervisor) drop(k *socket) {
	if k.copy >= 0 {
		unix.Close(k.copy)
		k.copy = -1
		s.copies--
	}
}

// close drops everything.
func (s *supervisor) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		s.drop(k)
	}
}

// full says whether there are as many copies as there may be, although those were
// dropped of which the program has no more. A port for datagrams is free only then, so
// that these are dropped at once.
func (s *supervisor) full(datagrams bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.copies < s.most && !datagrams {
		return false
	}
	has := map[uint64]bool{}
	for _, l := range descendants(0) {
		dir := fmt.Sprintf("/proc/%d/fd", l.pid)
		entries, err := os.ReadDir(dir)
		if err != nil && !l.zombie {
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
func (s *supervisor) of(c *call) *socket {
	inode, _ := socketInode(fmt.Sprintf("/proc/%d/fd/%d", c.thread, c.int(0)))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets[inode]
}

// listens lets a socket listen, and notes where. It connects to nobody from now on; and
// when the program closes it, it must be closed.
func (s *supervisor) listens(fd int, c *call) {
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
func (s *supervisor) connect(fd int, c *call) {
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

// target reads the address of a connect, and says whether it may be had. The address
// that it returns is the one to connect to. One of a file goes through a descriptor
// of it, which the caller closes.
func (s *supervisor) target(k *socket, c *call) (to []byte, pinned int, err error) {
	size := c.int(2)
	if size < 2 || size > unix.SizeofSockaddrAny {
		return nil, -1, unix.EINVAL
	}
	to = make([]byte, size)
	local := []unix.Iovec{{Base: &to[0], Len: uint64(size)}}
	n, err := unix.ProcessVMReadv(int(c.thread), local, []unix.RemoteIovec{{Base: uintptr(c.args[1]), Len: size}}, 0)
	switch {
	case err == unix.EFAULT:
		return nil, -1, err
	case err != nil || n != size:
		return nil, -1, unix.EACCES
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

// internetAddress reads struct sockaddr_in or sockaddr_in6.
func internetAddress(family int, raw []byte) (a netip.AddrPort, ok bool) {
	at, length := 4, 4
	if family == unix.AF_INET6 {
		at, length = 8, 16
	}
	if len(raw) < at+length {
		return a, false
	}
	ip, ok := netip.AddrFromSlice(raw[at : at+length])
	return netip.AddrPortFrom(ip.Unmap(), binary.BigEndian.Uint16(raw[2:])), ok
}

// internet says whether an address may be connected to: as in a network in which there
// is nothing but the run.
func (s *supervisor) internet(a netip.AddrPort, datagrams bool) error {
	if a.Addr().IsUnspecified() { // means this machine
		loopback := netip.IPv6Loopback()
		if a.Addr().Is4() {
			loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		a = netip.AddrPortFrom(loopback, a.Port())
	}
	if !a.Addr().IsLoopback() {
		return unix.ENETUNREACH
	}
	if datagrams { // they can be sent anywhere without
		return nil
	}
	var listeners []uint64
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/self/net/" + table)
		if os.IsNotExist(err) && table == "tcp6" {
			continue // there is no IPv6
		}
		if err != nil {
			return unix.EACCES
		}
		listeners = append(listeners, listenersAt(text, a)...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own(s.ports[a.Port()], listeners)
}

// own: one of the run's has listened there, and none of those who do is another's. The
// kernel's tables may miss somebody, while others come and go, so that the first can't
// be read there. The caller holds the lock.
func (s *supervisor) own(known bool, listeners []uint64) error {
	for _, inode := range listeners {
		known = known && s.sockets[inode] != nil
	}
	if !known {
		return unix.ECONNREFUSED
	}
	return nil
}

// listenersAt finds in a table of the kernel's the sockets that a connection to an
// address could get to.
func listenersAt(table []byte, to netip.AddrPort) (inodes []uint64) {
	const listening = "0A"
	for line := range bytes.Lines(table) {
		// SLOT ADDRESS:PORT REMOTE STATE QUEUES TIMER RETRANSMITS USER TIMEOUT INODE
		f := strings.Fields(string(line))
		if len(f) < 10 || f[3] != listening {
			continue
		}
		at, ok := tableAddress(f[1])
		inode, err := strconv.ParseUint(f[9], 10, 64)
		if ok && err == nil && at.Port() == to.Port() && (at.Addr().IsUnspecified() || at.Addr() == to.Addr()) {
			inodes = append(inodes, inode)
		}
	}
	return inodes
}

// tableAddress reads an address as those tables have it: words of 32 bits as they
// stand in memory.
func tableAddress(text string) (a netip.AddrPort, ok bool) {
	words, port, _ := strings.Cut(text, ":")
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil || len(words)%8 != 0 {
		return a, false
	}
	var raw []byte
	for ; words != ""; words = words[8:] {
		word, err := strconv.ParseUint(words[:8], 16, 32)
		if err != nil {
			return a, false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), ok
}

// abstract says whether a name that is no file's is one of the run's.
func (s *supervisor) abstract(name []byte) error {
	text, err := os.ReadFile("/proc/self/net/unix")
	if err != nil {
		return unix.EACCES
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own(s.names["@"+string(name)], listenersNamed(text, name))
}

// listenersNamed finds those who listen by a name. The kernel writes @ for a zero, so
// that there may be more of them than one.
func listenersNamed(table, name []byte) (inodes []uint64) {
	const listening = 0x10000
	shown := "@" + strings.ReplaceAll(string(name), "\x00", "@")
	for line := range bytes.Lines(table) {
		// SLOT REFERENCES PROTOCOL FLAGS TYPE STATE INODE NAME
		rest, found := bytes.CutSuffix(line, []byte(" "+shown+"\n"))
		f := bytes.Fields(rest)
		if !found || len(f) != 7 {
			continue
		}
		flags, err := strconv.ParseUint(string(f[3]), 16, 32)
		inode, bad := strconv.ParseUint(string(f[6]), 10, 64)
		if err == nil && bad == nil && flags&listening != 0 {
			inodes = append(inodes, inode)
		}
	}
	return inodes
}

// named pins a socket that is a file in the run's own folder.
func (s *supervisor) named(c *call, name []byte) (to []byte, pinned int, err error) {
	name, _, _ = bytes.Cut(name, []byte{0})
	path := string(name)
	if !filepath.IsAbs(path) {
		dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", c.thread))
		if err != nil {
			return nil, -1, unix.EACCES
		}
		path = filepath.Join(dir, path)
	}
	below := ""
	for _, dir := range s.work {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			below = rel
		}
	}
	if below == "" {
		return nil, -1, unix.EACCES
	}
	root, err := unix.Open(s.work[0], unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, -1, err
	}
	defer unix.Close(root)
	pinned, err = unix.Openat2(root, below, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS})
	if err != nil {
		return nil, -1, err
	}
	// One of somebody else's could have been given a second name there.
	var is unix.Stat_t
	if err := unix.Fstat(pinned, &is); err != nil || is.Mode&unix.S_IFMT != unix.S_IFSOCK || is.Nlink != 1 {
		return nil, pinned, unix.ECONNREFUSED
	}
	to = binary.NativeEndian.AppendUint16(nil, unix.AF_UNIX)
	return append(to, fmt.Sprintf("/proc/self/fd/%d\x00", pinned)...), pinned, nil
}
