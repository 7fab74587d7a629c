package mp

import (
	"encoding/binary"
	"fmt"
	"io"
	"reflect"

	"lockstep/mp/internal/descriptor"
)

// A message goes through a pipe as a slot of fixed size, a head and as much of the
// body as fits, and the rest. Reading a slot takes a small message whole with one
// call, and never a byte of the next one, which may be for another process that
// shares the end.
//
// A message that the pipe takes in one atomic write is never there in part, even
// if its sender is killed. Of a longer one the rest comes the wire's long way, or most
// of it through shared memory, and descriptors always the long way, before the slot.
//
// The head is the body's length with its flags, the sender, the message's number,
// and a mark by which a receiver knows that it is reading a head. The sender's
// death may be all that ends the wait for the rest: others can hold the same end.
// By the number a receiver that takes over from a dead one knows whether that one
// had taken a slot.
const (
	slotSize = 64
	slotHead = 16

	flagRaw = 1 << 31 // in the length: the body is a []byte as it is
	flagFDs = 1 << 30 // in the length: descriptors have been sent
	flagGap = 1 << 31 // in the number: a sender died, one number may be left out

	headMark = 0x6d70_3a29

	// rawLeast is the length from which a []byte is not copied into a buffer.
	rawLeast = 4096
	// keepMost is the capacity from which a pipe does not keep a buffer.
	keepMost = 4 << 20
)

// number counts a message before it is sent: if the sender dies now, a number is
// left out and none comes twice.
func (t *turn) number() uint32 {
	raceRelease(t.mark)
	n := t.cell.count.Add(1) &^ flagGap
	if t.gap {
		t.gap = false
		n |= flagGap
	}
	return n
}

// expects reports whether a message with that number is the next one.
func (t *turn) expects(number uint32) bool {
	n := number &^ flagGap
	next := (t.cell.count.Load() + 1) &^ flagGap
	if n != next && (number&flagGap == 0 || t.gap || n != (next+1)&^flagGap) {
		return false
	}
	t.gap = false
	t.cell.count.Store(n)
	raceAcquire(t.mark)
	return true
}

func (t *turn) putHead(b []byte, size int, flags uint32) {
	h, number := uint32(size)|flags, t.number()
	binary.LittleEndian.PutUint32(b, h)
	binary.LittleEndian.PutUint32(b[4:], h^number^headMark)
	binary.LittleEndian.PutUint32(b[8:], arena.id)
	binary.LittleEndian.PutUint32(b[12:], number)
}

func (t *turn) readHead(b []byte) (size int, flags, sender uint32, err error) {
	h, number := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[12:])
	if binary.LittleEndian.Uint32(b[4:]) != h^number^headMark || !t.expects(number) {
		return 0, 0, 0, errBroken
	}
	return int(h &^ (flagRaw | flagFDs)), h & (flagRaw | flagFDs), binary.LittleEndian.Uint32(b[8:]), nil
}

// isLong reports whether a message with a body of that size comes in parts.
func isLong(size int) bool { return slotHead+size > max(slotSize, descriptor.AtomicWrite) }

func tooLarge(n int) error {
	return fmt.Errorf("the message takes %d bytes, more than %d", n, MaxMessage)
}

func (c *Conn) send(v any) error {
	if err := c.join(); err != nil {
		return err
	}
	defer c.leave()
	if raw, ok := v.([]byte); ok && len(raw) >= rawLeast {
		return c.sendRaw(raw)
	}
	return c.sendMessage(func(e *encoder) error { return e.value(v) })
}

// weigh tells an observer how many bytes a message will take, and which ends of
// pipes travel in it.
func (c *Conn) weigh(v any) (size int, carries []string) {
	if raw, ok := v.([]byte); ok && len(raw) >= rawLeast {
		return slotHead + len(raw), nil
	}
	e := &encoder{b: make([]byte, slotHead)}
	defer e.release()
	if e.value(v) != nil {
		return 0, nil // Send says why
	}
	return max(len(e.b), slotSize), e.carries()
}

// carries names the ends of pipes in a message.
func (e *encoder) carries() []string {
	var names []string
	for _, c := range e.conns {
		names = append(names, c.id.String())
	}
	return names
}

// sendMessage sends the message that fill encodes. The caller has joined c.
func (c *Conn) sendMessage(fill func(*encoder) error) error {
	e := &encoder{}
	defer e.release()
	// A message may hold this very end, whose turn must be free then.
	c.sending.mu.Lock()
	e.b = append(c.sending.buf[:0], make([]byte, slotHead)...)
	c.sending.buf = nil
	c.sending.mu.Unlock()
	if err := fill(e); err != nil {
		return err
	}
	size := len(e.b) - slotHead
	if size > MaxMessage {
		return tooLarge(size)
	}
	if len(e.fds) > maxDescriptors {
		return fmt.Errorf("the message holds %d connections, more than %d", len(e.fds)/perConn, maxDescriptors/perConn)
	}
	for len(e.b) < slotSize {
		e.b = append(e.b, 0)
	}
	err := c.sending.begin()
	defer c.sending.end()
	if err != nil {
		c.wire.stopWriting()
		return err
	}
	if cap(e.b) <= keepMost {
		c.sending.buf = e.b
	}
	var flags uint32
	if len(e.fds) > 0 {
		flags = flagFDs
	}
	c.sending.putHead(e.b, size, flags)
	if flags == 0 && !isLong(size) {
		return c.wire.write(e.b)
	}
	c.sending.entered()
	if flags != 0 {
		if err := c.wire.writeDescriptors(e.fds); err != nil {
			c.sending.finished() // nothing has gone
			return err
		}
	}
	if isLong(size) {
		return c.finish(c.sendLong([slotSize]byte(e.b), e.b[slotHead:]))
	}
	return c.finish(c.wire.write(e.b))
}

// sendRaw sends a long []byte without copying it.
func (c *Conn) sendRaw(raw []byte) error {
	if len(raw) > MaxMessage {
		return tooLarge(len(raw))
	}
	err := c.sending.begin()
	defer c.sending.end()
	if err != nil {
		c.wire.stopWriting()
		return err
	}
	var slot [slotSize]byte
	c.sending.putHead(slot[:], len(raw), flagRaw)
	c.sending.entered()
	return c.finish(c.sendLong(slot, raw))
}

// writeParts sends what fits into a slot with it, and the rest by the socket.
func (c *Conn) writeParts(slot [slotSize]byte, body []byte) error {
	n := copy(slot[slotHead:], body)
	if err := c.wire.write(slot[:]); err != nil {
		return err
	}
	return c.wire.writeLong(body[n:])
}

// finish ends the sending of a message in parts. If it could not be completed, the
// pipe is of no more use, and both sides learn that.
func (c *Conn) finish(err error) error {
	if err == nil {
		c.sending.finished()
		return nil
	}
	c.sending.broken(err)
	c.wire.stopWriting()
	return err
}

// recv receives a value into what p points to.
func (c *Conn) recv(p reflect.Value) error {
	if err := c.join(); err != nil {
		return err
	}
	defer c.leave()
	return c.recvMessage(p, func(d *decoder) error { return d.value(p.Elem()) })
}

// recvMessage receives a message and lets read decode it. A long []byte is not
// encoded: it goes straight to what p points to. The caller has joined c.
func (c *Conn) recvMessage(p reflect.Value, read func(*decoder) error) error {
	body, fds, flags, err := c.recvBody(p)
	if err != nil || flags&flagRaw != 0 {
		return err
	}
	defer c.keep(body)
	d := newDecoder(body, fds)
	defer d.discard()
	return read(d)
}

// keep gives a message's buffer back for the next message.
func (c *Conn) keep(buf []byte) {
	if buf == nil || cap(buf) > keepMost {
		return
	}
	c.receiving.mu.Lock()
	c.receiving.buf = buf[:cap(buf)]
	c.receiving.mu.Unlock()
}

// recvBody takes one message off the pipe. It decodes nothing, so that the next
// receiver need not wait for that.
func (c *Conn) recvBody(p reflect.Value) (body []byte, fds []int, flags uint32, err error) {
	t := &c.receiving
	err = t.begin()
	defer t.end()
	if err != nil {
		c.wire.stopReading()
		return nil, nil, 0, err
	}
	buf := t.buf
	t.buf = nil
	if len(buf) < slotSize {
		buf = make([]byte, 512)
	}
	if t.gap {
		err = c.wire.awaitSlot()
	}
	if err == nil {
		if err := c.wire.read(buf[:slotSize]); err != nil {
			return nil, nil, 0, err
		}
	}
	var size int
	var sender uint32
	if err == nil {
		size, flags, sender, err = t.readHead(buf)
	}
	if err != nil {
		t.broken(err)
		c.wire.stopReading()
		return nil, nil, 0, err
	}
	if slotHead+size <= slotSize && flags == 0 {
		return buf[slotHead : slotHead+size], nil, 0, nil
	}
	t.entered() // until here, the number tells that the slot was taken
	if flags&flagFDs != 0 {
		fds, err = c.wire.readDescriptors()
	}
	read, part, rest := c.wire.read, buf[slotHead:slotSize], error(nil)
	if isLong(size) {
		read, part, rest = c.bodyReader(buf[:slotSize], size, sender)
	}
	switch {
	case rest != nil:
	case flags&flagRaw != 0:
		rest = recvRaw(p, part, size, read)
	default:
		buf, rest = readRest(buf[:slotHead+len(part)], slotHead+size, read)
	}
	if rest != nil && !isTypeError(rest) {
		if rest == io.EOF {
			rest = io.ErrUnexpectedEOF
		}
		t.broken(errBroken)
		c.wire.stopReading()
		(&decoder{fds: fds}).discard()
		return nil, nil, 0, rest
	}
	t.finished()
	if err == nil {
		err = rest
	}
	if err != nil || flags&flagRaw != 0 {
		return nil, nil, flags, err
	}
	return buf[slotHead:], fds, flags, nil
}

func isTypeError(err error) bool {
	_, ok := err.(*TypeError)
	return ok
}

// recvRaw reads the rest of a []byte straight to where it is wanted.
func recvRaw(p reflect.Value, part []byte, size int, read func([]byte) error) error {
	if !p.IsValid() {
		return errDamaged
	}
	var dst []byte
	if ptr, ok := p.Interface().(*[]byte); ok {
		dst = *ptr
	}
	dst, err := readRest(append(dst[:0], part[:min(len(part), size)]...), size, read)
	if err != nil {
		return err
	}
	switch e := p.Elem(); {
	case e.Type() == reflect.TypeFor[[]byte]():
		e.SetBytes(dst)
	case e.Kind() == reflect.Interface && reflect.TypeFor[[]byte]().AssignableTo(e.Type()):
		e.Set(reflect.ValueOf(dst))
	default:
		return &TypeError{Sent: "[]uint8", Wanted: e.Type().String()}
	}
	return nil
}

// readRest extends b, which holds the beginning of something size bytes long, by
// what is missing. Memory beyond readStep is made only as the bytes arrive: a
// damaged length costs nothing.
func readRest(b []byte, size int, read func([]byte) error) ([]byte, error) {
	const readStep = 16 << 20
	for len(b) < size {
		n := size
		if n > cap(b) {
			n = min(size, max(readStep, 2*len(b)))
			if n > cap(b) {
				b = append(make([]byte, 0, n), b...)
			}
		}
		from := len(b)
		b = b[:n]
		if err := read(b[from:]); err != nil {
			return nil, err
		}
	}
	return b, nil
}
