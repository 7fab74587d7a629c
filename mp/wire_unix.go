//go:build linux || darwin

package mp

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A wire is one end of a pipe as the system sees it: a stream socket, read and
// written by blocking calls. It is a bare descriptor without a finalizer: when
// the other side sees the end of the pipe must not depend on the collector.
type wire struct{ fd int }

// maxDescriptors is what the kernel takes in one message.
const maxDescriptors = 253

func newWires() (left, right wire, err error) {
	pair, err := socketPair()
	return wire{pair[0]}, wire{pair[1]}, err
}

func (w wire) close() { closeDescriptor(w.fd) }

func (w wire) read(b []byte) error  { return readAll(w.fd, b) }
func (w wire) write(b []byte) error { return writeAll(w.fd, b) }

// write2 writes two pieces of memory with as few calls as the socket allows.
func (w wire) write2(a, b []byte) error {
	for len(a) > 0 {
		n, err := unix.Writev(w.fd, [][]byte{a, b})
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EPIPE || err == unix.ECONNRESET:
			return io.ErrClosedPipe
		case err != nil:
			return os.NewSyscallError("writev", err)
		}
		if n < len(a) {
			a = a[n:]
			continue
		}
		b = b[n-len(a):]
		break
	}
	return writeAll(w.fd, b)
}

func (w wire) poll(d time.Duration) (bool, error) { return pollFD(w.fd, unix.POLLIN, d) }

func (w wire) shutWrite() { unix.Shutdown(w.fd, unix.SHUT_WR) }
func (w wire) shutRead()  { unix.Shutdown(w.fd, unix.SHUT_RD) }

// Descriptors travel beside a byte of their own.

func (w wire) writeDescriptors(fds []int) error {
	for {
		_, err := unix.SendmsgN(w.fd, []byte{byte(len(fds))}, unix.UnixRights(fds...), nil, 0)
		switch err {
		case nil:
			return nil
		case unix.EINTR:
		case unix.EPIPE, unix.ECONNRESET:
			return io.ErrClosedPipe
		default:
			return os.NewSyscallError("sendmsg", err)
		}
	}
}

func (w wire) readDescriptors() ([]int, error) {
	var count [1]byte
	oob := make([]byte, unix.CmsgSpace(4*maxDescriptors))
	for {
		n, oobn, flags, _, err := unix.Recvmsg(w.fd, count[:], oob, recvDescriptorFlags)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvmsg", err)
		}
		if n == 0 {
			return nil, io.EOF
		}
		var fds []int
		messages, err := unix.ParseSocketControlMessage(oob[:oobn])
		for i := range messages {
			got, _ := unix.ParseUnixRights(&messages[i])
			fds = append(fds, got...)
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
		}
		if err == nil && (flags&unix.MSG_CTRUNC != 0 || len(fds) != int(count[0])) {
			err = errors.New("cannot take the connections in the message: too many open descriptors")
		}
		if err != nil {
			(&decoder{fds: fds}).discard()
			return nil, err
		}
		return fds, nil
	}
}

func (w wire) encode(e *encoder) {
	e.unsigned(uint64(len(e.fds)))
	e.fds = append(e.fds, w.fd)
}

func (w *wire) decode(d *decoder) error {
	i, err := d.unsigned()
	if err != nil {
		return err
	}
	if i >= uint64(len(d.fds)) || d.fds[i] < 0 {
		return errDamaged
	}
	w.fd, d.fds[i] = d.fds[i], -1
	return nil
}
