//go:build !portable

// Package supervisor answers the system calls of programs that share the machine's
// network and processes: whom they reach.
package supervisor

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/seccomp"
)

// A Supervisor answers the calls of one run. A filter can't tell whom they reach: it sees
// an address as a pointer. So it has the kernel ask init, while the thread that calls
// waits. Init does not let the call go on once it has read the address, for another
// thread could change it in between: it does the call itself, on a copy of the socket.
// It has one because it makes the sockets, too. None is nil: there is nobody whom the run
// could reach, or nobody can keep it from that.
type Supervisor struct {
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

// socket is one that a run was given.
type socket struct {
	family    int
	datagrams bool
	mu        sync.Mutex
	copy      int   // init's own descriptor of it; -1: it needs none any more
	ended     bool  // it was connected for a thread that a signal had called away …
	with      error // … with this outcome, for when it asks again
}

// MostCopies bounds the copies of sockets that are neither connected nor listen, of
// which a program has a few at a time. They take descriptors of init's.
const MostCopies = 64

// New makes the supervisor of a run that may have sockets with names in a folder, and may
// connect to ports, by the inode of what listens there. Blind, it reads nobody's memory.
func New(work string, served map[uint64]uint16, blind bool) *Supervisor {
	s := &Supervisor{work: []string{work}, most: MostCopies, blind: blind, sockets: map[uint64]*socket{}, ports: map[uint16]bool{}, names: map[string]bool{}}
	for inode, port := range served {
		s.sockets[inode], s.ports[port] = &socket{copy: -1}, true
	}
	if real, err := filepath.EvalSymlinks(work); err == nil {
		s.work = append(s.work, real)
	}
	var files unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &files) == nil && files.Cur < 4*MostCopies {
		s.most = int(files.Cur / 4)
	}
	return s
}

// Unheld says by what the run could reach others unseen; empty: by nothing.
func (s *Supervisor) Unheld() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unheld
}

// note notes by what the run could reach others unseen.
func (s *Supervisor) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unheld = what
}

// Possible says why programs can't be supervised here; nil: they can. It sets a filter
// that refuses nothing on a thread that ends.
func Possible() error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread()
		failed <- func() error {
			fd, err := seccomp.ListenOnly()
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			// Nobody has this number; a kernel that knows what is wanted says so.
			err = ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Pointer(&addition{id: 1 << 63}))
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
