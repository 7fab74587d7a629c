//go:build linux || darwin

package mp

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
)

// A stream is one side of the connection between a manager and a client: a pipe for
// each direction, which wakes its reader sooner than a socket does.
type stream struct{ in, out int }

var noStream = stream{-1, -1}

func (d stream) close() { descriptor.CloseAll([]int{d.in, d.out}) }

func (d stream) write(b []byte) error { return descriptor.WriteAll(d.out, b) }

// read reads what there is, at least one byte. An answer mostly comes sooner than a
// sleeping process is woken, so it looks again for a moment, and lets others have
// the core in between, before it sleeps.
func (d stream) read(b []byte) (int, error) {
	var since time.Time
	for {
		n, err := unix.Read(d.in, b)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) < lookout {
				yield()
			} else if _, err := descriptor.Poll(d.in, unix.POLLIN, -1); err != nil {
				return 0, err
			}
		case n > 0:
			return n, nil
		case err == nil:
			return 0, io.EOF
		default:
			return 0, os.NewSyscallError("read", err)
		}
	}
}

// newStream makes a stream of two ends of pipes.
func newStream(in, out int) (stream, error) {
	d := stream{in, out}
	if err := unix.SetNonblock(in, true); err != nil {
		d.close()
		return noStream, os.NewSyscallError("fcntl", err)
	}
	return d, nil
}

// A listener is where a manager waits for clients. It is made by the manager's
// parent, so that a name in use is noticed there, and so that a client that is
// early is kept waiting rather than turned away.
type listener struct{ fd int }

const backlog = 128

// listen makes a listener and the name by which dial finds it.
func listen() (*listener, string, error) {
	name, err := socketName()
	if err != nil {
		return nil, "", err
	}
	fd, err := descriptor.Socket()
	if err != nil {
		return nil, "", err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: name}); err != nil {
		unix.Close(fd)
		return nil, "", os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(fd, backlog); err != nil {
		unix.Close(fd)
		return nil, "", os.NewSyscallError("listen", err)
	}
	return &listener{fd}, name, nil
}

// dial connects to a manager: it hands pipes over a socket that is needed for
// nothing else.
func dial(name string) (stream, error) {
	fd, err := descriptor.Socket()
	if err != nil {
		return noStream, err
	}
	defer descriptor.Close(fd)
	for {
		err := unix.Connect(fd, &unix.SockaddrUnix{Name: name})
		if err == nil {
			break
		}
		if err == unix.ECONNREFUSED || err == unix.ENOENT {
			return noStream, ErrManagerGone
		}
		if err != unix.EINTR {
			return noStream, os.NewSyscallError("connect", err)
		}
	}
	there, err := descriptor.Pipe()
	if err != nil {
		return noStream, err
	}
	back, err := descriptor.Pipe()
	if err != nil {
		descriptor.CloseAll(there[:])
		return noStream, err
	}
	theirs := []int{there[0], back[1]}
	err = wire{side: fd}.writeDescriptors(theirs)
	descriptor.CloseAll(theirs)
	if err != nil {
		descriptor.CloseAll([]int{back[0], there[1]})
		return noStream, ErrManagerGone
	}
	return newStream(back[0], there[1])
}

// An incoming is a client that has dialled.
type incoming int

// accept waits for the next client of the same user.
func (s *listener) accept() (incoming, error) {
	for {
		fd, err := descriptor.Accept(s.fd)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			return 0, os.NewSyscallError("accept", err)
		}
		if !descriptor.SameUser(fd) {
			unix.Close(fd)
			continue
		}
		return incoming(fd), nil
	}
}

// open takes what the client hands over.
func (v incoming) open() (stream, error) {
	defer descriptor.Close(int(v))
	fds, err := wire{side: int(v)}.readDescriptors()
	if err != nil {
		return noStream, err
	}
	if len(fds) != 2 {
		descriptor.CloseAll(fds)
		return noStream, errDamaged
	}
	return newStream(fds[0], fds[1])
}

func (s *listener) close() { descriptor.Close(s.fd) }

func (s *listener) encodeHandle(e *encoder) error {
	e.descriptors(s.fd)
	return nil
}

func (s *listener) decodeHandle(d *decoder) error {
	fds, err := d.descriptors(1)
	if err == nil {
		s.fd = fds[0]
	}
	return err
}
