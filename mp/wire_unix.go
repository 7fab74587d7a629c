//go:build linux || darwin

package mp

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/internal/shm"
)

// A wire is one end of a pipe as the system sees it: the system's own pipes, one
// for each direction, for whatever fits into an atomic write, and a socket beside
// them. A pipe wakes its reader in half of the time that a socket takes; a socket
// carries long messages in fewer steps, and descriptors at all. Both are used by
// blocking calls.
//
// A wire holds bare descriptors without finalizers: when the other side sees the
// end of the pipe must not depend on the collector.
type wire struct{ in, out, side int }

// maxDescriptors is what the kernel takes in one message.
const maxDescriptors = 253

func newWires() (left, right wire, err error) {
	there, err := descriptor.Pipe()
	if err != nil {
		return left, right, err
	}
	back, err := descriptor.Pipe()
	if err != nil {
		descriptor.CloseAll(there[:])
		return left, right, err
	}
	side, err := descriptor.SocketPair()
	if err != nil {
		descriptor.CloseAll(there[:])
		descriptor.CloseAll(back[:])
		return left, right, err
	}
	return wire{back[0], there[1], side[0]}, wire{there[0], back[1], side[1]}, nil
}

func (w wire) close() { descriptor.CloseAll([]int{w.in, w.out, w.side}) }

func (w wire) read(b []byte) error  { return descriptor.ReadAll(w.in, b) }
func (w wire) write(b []byte) error { return descriptor.WriteAll(w.out, b) }

func (w wire) writeLong(b []byte) error { return descriptor.WriteAll(w.side, b) }

// readLong fills b from the socket. Others may hold the sender's end, too, so that
// its death would not end the wait by itself.
func (w wire) readLong(b []byte, sender uint32) error {
	for n := 0; n < len(b); {
		if err := w.awaitLong(sender); err != nil {
			return err
		}
		m, err := unix.Read(w.side, b[n:])
		switch {
		case err == unix.EINTR:
		case m > 0:
			n += m
		case err == nil || err == unix.ECONNRESET:
			return io.ErrUnexpectedEOF
		default:
			return os.NewSyscallError("read", err)
		}
	}
	return nil
}

// awaitLong waits until there is something to read at the socket. It returns
// io.ErrUnexpectedEOF when there will be nothing, because the sender has died.
func (w wire) awaitLong(sender uint32) error {
	for {
		living := alive(sender) // asked first: what a dead one sent can be seen now
		ready, err := descriptor.Poll(w.side, unix.POLLIN, shm.Takeover)
		if err != nil || ready {
			return err
		}
		if !living {
			return io.ErrUnexpectedEOF
		}
	}
}

// awaitSlot waits for a slot after a receiver's death. It returns errBroken when
// there is the rest of a message whose slot the dead one has taken: a sender that
// can't go on before somebody takes that rest sends no other slot.
func (w wire) awaitSlot() error {
	for {
		fds := []unix.PollFd{{Fd: int32(w.in), Events: unix.POLLIN}, {Fd: int32(w.side), Events: unix.POLLIN}}
		switch _, err := unix.Poll(fds, -1); {
		case err == unix.EINTR:
			continue
		case err != nil:
			return os.NewSyscallError("poll", err)
		case fds[0].Revents != 0:
			return nil
		}
		// Descriptors are sent before their slot, but not long before it.
		ready, err := descriptor.Poll(w.in, unix.POLLIN, shm.Takeover)
		if err == nil && !ready {
			err = errBroken
		}
		return err
	}
}

func (w wire) poll(d time.Duration) (bool, error) { return descriptor.Poll(w.in, unix.POLLIN, d) }

// stopWriting and stopReading give up one direction of this copy of the end, which
// stays a valid wire: the other side sees that direction end when every copy has
// ended it.

func (w wire) stopWriting() {
	unix.Shutdown(w.side, unix.SHUT_WR)
	blind(w.out)
}

func (w wire) stopReading() {
	unix.Shutdown(w.side, unix.SHUT_RD)
	blind(w.in)
}

// blind closes what fd leads to and keeps fd from being used for something else.
func blind(fd int) {
	if null, err := openNull(); err == nil {
		descriptor.Replace(null, fd)
	}
}

// Descriptors travel beside a byte of their own.

func (w wire) writeDescriptors(fds []int) error {
	for {
		_, err := unix.SendmsgN(w.side, []byte{byte(len(fds))}, unix.UnixRights(fds...), nil, 0)
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

// readDescriptors takes the descriptors of a message whose head has come: they
// were sent before it.
func (w wire) readDescriptors() ([]int, error) {
	var count [1]byte
	oob := make([]byte, unix.CmsgSpace(4*maxDescriptors))
	for {
		n, oobn, flags, _, err := unix.Recvmsg(w.side, count[:], oob, descriptor.RecvFlags)
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
			err = errNoRoom
		}
		if err != nil {
			descriptor.CloseAll(fds)
			return nil, err
		}
		return fds, nil
	}
}

var errNoRoom = errors.New("cannot take the connections in the message: too many open descriptors")

// perConn is how many descriptors a connection in a message takes.
const perConn = 3

func (w wire) encode(e *encoder) { e.descriptors(w.in, w.out, w.side) }

func (w *wire) decode(d *decoder) error {
	fds, err := d.descriptors(perConn)
	if err == nil {
		w.in, w.out, w.side = fds[0], fds[1], fds[2]
	}
	return err
}

var openNull = sync.OnceValues(func() (int, error) {
	fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return fd, os.NewSyscallError("open "+os.DevNull, err)
})
