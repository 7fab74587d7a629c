//go:build unix

package control

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"lockstep/mp/trace"
)

// socketPair makes two sockets that are connected; no other program inherits them.
func socketPair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return pair, os.NewSyscallError("socketpair", err)
	}
	unix.CloseOnExec(pair[0])
	unix.CloseOnExec(pair[1])
	return pair, nil
}

// line is the grader's end of one process's line.
type line struct {
	fd   int
	key  uint64 // of the run's frames
	in   []byte // what has arrived of the next frame
	fds  []int  // descriptors that arrived with it
	over bool   // it has closed
}

// frame is one thing that a process said.
type frame struct {
	mark trace.Mark
	body []byte
	fd   int // Born and Aide: the child's line
}

// mostRiding is how many descriptors may arrive before their frames.
const mostRiding = 16

var errNonsense = errors.New("a process said what makes no sense")

// read takes what has arrived, without waiting. At the end of the line, over is
// set.
func (l *line) read(buf []byte) ([]frame, error) {
	for {
		var control [64]byte
		n, c, flags, _, err := unix.Recvmsg(l.fd, buf, control[:], unix.MSG_DONTWAIT|closeOnExec)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return nil, nil
		case err == unix.ECONNRESET:
			n = 0
		case err != nil: // it is no socket that a line could be
			return nil, errNonsense
		}
		if c > 0 {
			l.riding(control[:c])
		}
		if flags&unix.MSG_CTRUNC != 0 || len(l.fds) > mostRiding {
			return nil, errNonsense
		}
		if n == 0 {
			l.over = true
			return nil, nil
		}
		l.in = append(l.in, buf[:n]...)
		return l.frames()
	}
}

func (l *line) riding(control []byte) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return
	}
	for i := range messages {
		fds, _ := unix.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			l.fds = append(l.fds, fd)
		}
	}
}

// frames takes whole frames off what has arrived.
func (l *line) frames() ([]frame, error) {
	var out []frame
	rest := l.in
	for {
		mark, body, after, ok, err := trace.Cut(rest, l.key)
		if err != nil {
			return out, errNonsense
		}
		if !ok {
			break
		}
		rest = after
		f := frame{mark: mark, body: append([]byte(nil), body...), fd: -1}
		if mark == trace.Born || mark == trace.Aide {
			if len(l.fds) == 0 {
				return out, errNonsense
			}
			f.fd, l.fds = l.fds[0], l.fds[1:]
		}
		out = append(out, f)
	}
	l.in = append(l.in[:0], rest...)
	return out, nil
}

// grant lets the process at the other end go.
func (l *line) grant(g trace.Grant) error {
	for {
		_, err := unix.SendmsgN(l.fd, []byte{byte(g | trace.Going)}, nil, nil, unix.MSG_DONTWAIT|noSignal)
		switch err {
		case unix.EINTR:
		case unix.EPIPE, unix.ECONNRESET, unix.EAGAIN:
			return io.ErrClosedPipe
		default:
			return err
		}
	}
}

func (l *line) close() {
	if l.fd >= 0 {
		shut(l.fd)
	}
	for _, fd := range l.fds {
		shut(fd)
	}
	l.fd, l.fds, l.over = -1, nil, true
}

// shut closes a socket that came from a program. It may be one whose last owner waits
// when it is closed, where no filter keeps programs from asking for that.
func shut(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{})
	unix.Close(fd)
}
