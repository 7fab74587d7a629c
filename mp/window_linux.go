//go:build !portable

package mp

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A window is shared memory through which a long message goes while it is being received:
// the sender copies it in and the receiver out at the same time, where a socket's bytes
// are copied by one system call after the other. All pipes of a program share a few.
//
// The sender offers a window in the message's slot, and sends the message by the socket
// meanwhile. A receiver that comes in time accepts, and the rest goes through the window.
// So nobody waits at a window for somebody who may never come: a sender without a
// receiver waits at the socket, as it does when no window is free.
//
// A window's sender may die, and another one take it over, while a receiver still copies
// out. Every number in a window therefore carries the session that it belongs to, and a
// new session changes them all before it changes a byte: what the receiver copied counts
// once it has moved a number of its own session.
type window struct {
	owner    atomic.Uint32 // the sender's id; 0: free
	sessions atomic.Uint32
	offer    stamped // windowOffered and so on
	start    stamped // one more than the bytes of the message that went by the socket; 0: not known yet
	_        [40]byte

	filled stamped // bytes of the message that went in, or by the socket before
	added  bell
	_      [48]byte

	drained stamped // … that came out
	taken   bell
	_       [48]byte

	mem [windowSize]byte
}

const (
	windows     = 8
	windowSize  = 512 << 10
	windowPiece = 64 << 10  // told of at a time
	windowFirst = 32 << 10  // sent by the socket before asking again whether the offer is accepted
	windowLeast = 256 << 10 // bytes of a message for which it is worth the while

	windowOffered   = 0
	windowAccepted  = 1
	windowWithdrawn = 2

	// In the sender's id in a head: the slot holds no body, but where the window is.
	flagWindow = 1 << 31
)

// A stamped number is its session, and the number of it.
type stamped struct{ word atomic.Uint64 }

func stamp(session, n uint32) uint64 { return uint64(session)<<32 | uint64(n) }

func (s *stamped) set(session, n uint32) { s.word.Store(stamp(session, n)) }

// get returns false when the session is over.
func (s *stamped) get(session uint32) (n uint32, ok bool) {
	x := s.word.Load()
	return uint32(x), uint32(x>>32) == session
}

// move returns false when the number is not the old one, or of another session.
func (s *stamped) move(session, old, new uint32) bool {
	return s.word.CompareAndSwap(stamp(session, old), stamp(session, new))
}

// A passage is one message's use of a window.
type passage struct {
	*window
	session uint32
}

// openPassage takes a window for a message of that size, if that is worth the while and
// one is free, or its owner is dead.
func openPassage(size int) (p passage, ok bool) {
	if size < windowLeast {
		return p, false
	}
	list := sharedWindows()
	for _, free := range []func(uint32) bool{func(owner uint32) bool { return owner == 0 }, func(owner uint32) bool { return !alive(owner) }} {
		for i := range list {
			w := &list[i]
			if owner := w.owner.Load(); free(owner) && w.owner.CompareAndSwap(owner, arena.id) {
				p = passage{w, w.sessions.Add(1)}
				for _, n := range []*stamped{&w.offer, &w.start, &w.drained, &w.filled} {
					n.set(p.session, 0)
				}
				return p, true
			}
		}
	}
	return p, false
}

// sharedWindows are the windows of all processes, made by the first that needs one; none
// where the shared memory is full, or so small that a program may need it for its objects.
func sharedWindows() []window {
	const all = windows * int64(unsafe.Sizeof(window{}))
	place := (*atomic.Int64)(at(arenaWindows))
	if place.Load() == 0 {
		if int64(len(arena.mem)) < 16*all {
			return nil
		}
		offset, err := allocate(all)
		if err != nil {
			return nil
		}
		place.CompareAndSwap(0, offset) // or somebody else's are the windows
	}
	return (*[windows]window)(at(place.Load()))[:]
}

func (p passage) close() { p.owner.Store(0) }

// put writes into a slot where the window is.
func (p passage) put(slot []byte) {
	binary.LittleEndian.PutUint32(slot[8:], arena.id|flagWindow)
	binary.LittleEndian.PutUint64(slot[slotHead:], uint64(uintptr(unsafe.Pointer(p.window))-uintptr(at(0))))
	binary.LittleEndian.PutUint32(slot[slotHead+8:], p.session)
}

// acceptPassage is the receiver's side of a slot; false: the whole message has gone by the
// socket.
func acceptPassage(slot []byte) (p passage, ok bool, err error) {
	offset := int64(binary.LittleEndian.Uint64(slot[slotHead:]))
	if err := inside(offset, int64(unsafe.Sizeof(window{}))); err != nil {
		return p, false, err
	}
	p = passage{(*window)(at(offset)), binary.LittleEndian.Uint32(slot[slotHead+8:])}
	return p, p.offer.move(p.session, windowOffered, windowAccepted), nil
}

// sendLong sends a slot and a body that is too long for it.
func (c *Conn) sendLong(slot [slotSize]byte, body []byte) error {
	p, ok := openPassage(len(body))
	if !ok {
		return c.writeParts(slot, body)
	}
	defer p.close()
	p.put(slot[:])
	if err := c.wire.write(slot[:]); err != nil {
		return err
	}
	n := 0
	for n < len(body) {
		if answer, _ := p.offer.get(p.session); answer == windowAccepted {
			break
		}
		next := min(n+windowFirst, len(body))
		if err := c.wire.writeLong(body[n:next]); err != nil {
			return err
		}
		n = next
	}
	if n == len(body) && p.offer.move(p.session, windowOffered, windowWithdrawn) {
		return nil
	}
	return p.write(body, uint32(n), c.wire.refused)
}

// write lets a receiver that has accepted know how much came by the socket, sends the rest,
// and waits until it has all been taken. It asks gone from time to time whether it will be.
func (p passage) write(body []byte, n uint32, gone func() error) error {
	p.start.set(p.session, n+1)
	p.filled.set(p.session, n)
	p.added.ring(1)
	for size := uint32(len(body)); ; {
		var out uint32
		err := p.taken.wait(func() bool {
			out, _ = p.drained.get(p.session)
			return out == size || n < size && n-out < windowSize
		}, gone)
		if err != nil || out == size {
			return err
		}
		at := n % windowSize
		n += uint32(copy(p.mem[at:min(at+windowPiece, at+windowSize-(n-out), windowSize)], body[n:]))
		p.filled.set(p.session, n)
		p.added.ring(1)
	}
}

// A bodyReader reads the body of a message that comes through a window, or by the socket
// alone.
type bodyReader struct {
	wire   wire
	sender uint32
	size   uint32

	passage
	at       uint32 // bytes that have been read
	begun    bool   // it is known how many come by the socket:
	bySocket uint32
}

// bodyReader returns what reads the rest of a long body, and its part in the slot.
func (c *Conn) bodyReader(slot []byte, size int, sender uint32) (read func([]byte) error, part []byte, err error) {
	r := &bodyReader{wire: c.wire, sender: sender &^ flagWindow, size: uint32(size)}
	if sender&flagWindow == 0 {
		return r.fromSocket, slot[slotHead:], nil
	}
	p, accepted, err := acceptPassage(slot)
	if !accepted {
		return r.fromSocket, nil, err
	}
	r.passage = p
	return r.read, nil, nil
}

func (r *bodyReader) fromSocket(b []byte) error { return r.wire.readLong(b, r.sender) }

// read fills b.
func (r *bodyReader) read(b []byte) error {
	for n := 0; n < len(b); {
		k, err := r.some(b[n:])
		if err != nil {
			return err
		}
		n += k
		r.at += uint32(k)
	}
	for r.at == r.size && !r.begun { // the sender waits to hear that
		if err := r.begin(); err != nil {
			return err
		}
	}
	return nil
}

// begin waits until the sender has seen that its offer is accepted, and says how much comes
// by the socket. It returns without knowing when that takes long: the sender may have to get
// rid of something at the socket before.
func (r *bodyReader) begin() error {
	var n uint32
	var ours bool
	err := r.added.wait(func() bool {
		n, ours = r.start.get(r.session)
		return n > 0 || !ours
	}, func() error {
		if err := r.lost(); err != nil {
			return err
		}
		return errNotYet
	})
	switch {
	case err == errNotYet:
		return nil
	case err == nil && !(ours && r.drained.move(r.session, 0, n-1)):
		return io.ErrUnexpectedEOF
	case err == nil:
		r.bySocket, r.begun = n-1, true
		r.taken.ring(1)
	}
	return err
}

var errNotYet = errors.New("not yet")

// lost returns an error when the sender is not there any more.
func (r *bodyReader) lost() error {
	if alive(r.sender) {
		return nil
	}
	return io.ErrUnexpectedEOF
}

// some reads what there is, waiting for something.
func (r *bodyReader) some(b []byte) (int, error) {
	for !r.begun {
		if k, err := r.wire.readThere(b); k > 0 || err != nil {
			return k, err
		}
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	if r.at < r.bySocket {
		b = b[:min(len(b), int(r.bySocket-r.at))]
		return len(b), r.fromSocket(b)
	}
	var in uint32
	var ours bool
	err := r.added.wait(func() bool {
		in, ours = r.filled.get(r.session)
		return in > r.at || !ours
	}, r.lost)
	switch {
	case err != nil:
		return 0, err
	case !ours:
		return 0, io.ErrUnexpectedEOF
	}
	at := r.at % windowSize
	k := copy(b, r.mem[at:min(at+windowPiece, at+in-r.at, windowSize)])
	if !r.drained.move(r.session, r.at, r.at+uint32(k)) {
		return 0, io.ErrUnexpectedEOF // what was copied may be another message's
	}
	r.taken.ring(1)
	return k, nil
}

// readThere reads into b what there is at the socket, without waiting for it.
func (w wire) readThere(b []byte) (int, error) {
	n, _, err := unix.Recvfrom(w.side, b, unix.MSG_DONTWAIT)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return 0, nil
	case err == nil && n == 0 || err == unix.ECONNRESET:
		return 0, io.ErrUnexpectedEOF
	}
	return n, os.NewSyscallError("recvfrom", err)
}

// refused returns io.ErrClosedPipe when nobody will read what is sent. Sending nothing tells.
func (w wire) refused() error {
	err := unix.Sendto(w.side, nil, unix.MSG_NOSIGNAL, nil)
	if err == unix.EPIPE || err == unix.ECONNRESET {
		return io.ErrClosedPipe
	}
	return nil
}
