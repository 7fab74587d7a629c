//go:build unix

// Package loopback opens ports of the loopback for services of the grader's. Out come
// listeners and connections, which are files. Package net does more, and would be a
// twentieth of all that is compiled before a first verdict.
package loopback

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Listener is a port that clients of this machine may connect to. Its methods may be called
// from several goroutines.
type Listener struct {
	file   *os.File
	raw    syscall.RawConn
	port   int
	closed atomic.Bool
}

// backlog is how many clients may wait for Accept; the system may allow fewer.
const backlog = 4096

// Listen opens a port of 127.0.0.1 that the system picks.
func Listen() (*Listener, error) {
	fd, err := withoutFork(func() (int, error) { return unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0) })
	if err != nil {
		return nil, fmt.Errorf("cannot open a port: %w", err)
	}
	err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = unix.Listen(fd, backlog)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("cannot open a port: %w", err)
	}
	return listener(fd)
}

// From is a listener on a copy of a descriptor that another process has opened by Listen.
func From(f *os.File) (*Listener, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot take a port over: %w", err)
	}
	return listener(fd)
}

func listener(fd int) (*Listener, error) {
	l := &Listener{}
	at, err := unix.Getsockname(fd)
	if in, ok := at.(*unix.SockaddrInet4); err == nil && ok {
		l.port = in.Port
	} else if err == nil {
		err = errors.New("it is no port of IPv4")
	}
	if err == nil {
		l.file, err = pollable(fd, "port")
	}
	if err == nil {
		l.raw, err = l.file.SyscallConn()
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("cannot open a port: %w", err)
	}
	return l, nil
}

// Accept waits for the next client. Its error is os.ErrClosed after Close, also of one that
// comes while it waits.
func (l *Listener) Accept() (*Conn, error) {
	for {
		fd, failed := -1, error(nil)
		err := l.raw.Read(func(port uintptr) bool {
			fd, failed = withoutFork(func() (int, error) { fd, _, err := unix.Accept(int(port)); return fd, err })
			return failed != unix.EAGAIN
		})
		switch {
		case l.closed.Load():
			if err == nil && failed == nil {
				_ = unix.Close(fd)
			}
			return nil, os.ErrClosed
		case err != nil:
			return nil, fmt.Errorf("cannot wait for clients: %w", err)
		case failed == unix.EINTR || failed == unix.ECONNABORTED: // that one has gone again
		case failed != nil:
			return nil, fmt.Errorf("cannot wait for clients: %w", failed)
		default:
			f, err := pollable(fd, "client")
			if err != nil {
				_ = unix.Close(fd)
				return nil, fmt.Errorf("cannot take a client: %w", err)
			}
			return &Conn{f}, nil
		}
	}
}

// Port is the number of the port, and Address "127.0.0.1:" and it.
func (l *Listener) Port() int       { return l.port }
func (l *Listener) Address() string { return fmt.Sprintf("127.0.0.1:%d", l.port) }

// File is the port's descriptor, to be handed to another process; it stays the listener's.
func (l *Listener) File() *os.File { return l.file }

// Close frees the port. Connections stay.
func (l *Listener) Close() error {
	l.closed.Store(true)
	return l.file.Close()
}

// Conn is a connection to a client. Close ends a Read that is under way, and so do its
// deadlines.
type Conn struct{ *os.File }

// CloseWrite tells the client that nothing more comes; what it still sends can be read.
func (c *Conn) CloseWrite() error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var shut error
	err = raw.Control(func(fd uintptr) { shut = unix.Shutdown(int(fd), unix.SHUT_WR) })
	return errors.Join(err, shut)
}

// withoutFork opens a descriptor that no process inherits which is being started.
func withoutFork(open func() (int, error)) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := open()
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, err
}

// pollable is a file whose calls are ended by Close and by deadlines.
func pollable(fd int, name string) (*os.File, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}
