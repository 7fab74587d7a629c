//go:build linux || darwin

package mp

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// A door is one side of the connection between a manager and a client.
type door int

const noDoor door = -1

func (d door) close() { closeDescriptor(int(d)) }

func (d door) write(b []byte) error { return writeAll(int(d), b) }

// read reads what there is, at least one byte.
func (d door) read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(d), b)
		switch {
		case err == unix.EINTR:
		case n > 0:
			return n, nil
		case err == nil:
			return 0, io.EOF
		default:
			return 0, os.NewSyscallError("read", err)
		}
	}
}

// A doorstep is where a manager waits for clients. It is made by the manager's
// parent, so that a name in use is noticed there, and so that a client that is
// early is kept waiting rather than turned away.
type doorstep struct{ fd int }

const doorBacklog = 128

// newDoor makes a doorstep and the name by which knock finds it.
func newDoor() (*doorstep, string, error) {
	name, err := doorName()
	if err != nil {
		return nil, "", err
	}
	fd, err := newSocket()
	if err != nil {
		return nil, "", err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: name}); err != nil {
		unix.Close(fd)
		return nil, "", os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(fd, doorBacklog); err != nil {
		unix.Close(fd)
		return nil, "", os.NewSyscallError("listen", err)
	}
	return &doorstep{fd}, name, nil
}

// knock connects to a manager.
func knock(name string) (door, error) {
	fd, err := newSocket()
	if err != nil {
		return noDoor, err
	}
	for {
		err := unix.Connect(fd, &unix.SockaddrUnix{Name: name})
		if err == nil {
			return door(fd), nil
		}
		if err == unix.EINTR {
			continue
		}
		unix.Close(fd)
		if err == unix.ECONNREFUSED || err == unix.ENOENT {
			return noDoor, ErrManagerGone
		}
		return noDoor, os.NewSyscallError("connect", err)
	}
}

// accept waits for the next client of the same user.
func (s *doorstep) accept() (door, error) {
	for {
		fd, err := acceptSocket(s.fd)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			return noDoor, os.NewSyscallError("accept", err)
		}
		if !sameUser(fd) {
			unix.Close(fd)
			continue
		}
		return door(fd), nil
	}
}

func (s *doorstep) close() { closeDescriptor(s.fd) }

func (s *doorstep) encodeHandle(e *encoder) error {
	wire{s.fd}.encode(e)
	return nil
}

func (s *doorstep) decodeHandle(d *decoder) error {
	var w wire
	err := w.decode(d)
	s.fd = w.fd
	return err
}
