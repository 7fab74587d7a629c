//go:build !portable

package supervisor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

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

// internet reports whether an address may be connected to: as in a network in which there
// is nothing but the run.
func (s *Supervisor) internet(a netip.AddrPort, datagrams bool) error {
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
func (s *Supervisor) own(known bool, listeners []uint64) error {
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

// abstract reports whether a name that is no file's is one of the run's.
func (s *Supervisor) abstract(name []byte) error {
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
func (s *Supervisor) named(c *notification, name []byte) (to []byte, pinned int, err error) {
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
