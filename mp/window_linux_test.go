//go:build !portable

package mp

import (
	"bytes"
	"io"
	"sync"
	"testing"
)

func ownPipe(t *testing.T) (a, b *Conn) {
	a, b, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// passed sends a message and receives it.
func passed(t *testing.T, a, b *Conn, message []byte) {
	t.Helper()
	sent := make(chan error)
	go func() { sent <- a.Send(message) }()
	got, err := Recv[[]byte](b)
	if err != nil || !bytes.Equal(got, message) {
		t.Fatalf("received %d bytes of %d, or others: %v", len(got), len(message), err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// opened takes a window as the sender of a message does.
func opened(t *testing.T) passage {
	t.Helper()
	p, ok := openPassage(windowLeast)
	if !ok {
		t.Fatal("no window is free")
	}
	t.Cleanup(p.close)
	return p
}

// With no window to be had, and then with one again, a long message goes its way.
func TestNoWindowIsFree(t *testing.T) {
	a, b := ownPipe(t)
	var all []passage
	for range windows {
		all = append(all, opened(t))
	}
	if _, ok := openPassage(windowLeast); ok {
		t.Fatal("one window is two senders'")
	}
	before := all[3].sessions.Load()
	passed(t, a, b, numbered(1, 1, 1<<20))
	all[3].close()
	passed(t, a, b, numbered(1, 2, 1<<20))
	if n := all[3].sessions.Load() - before; n != 1 {
		t.Errorf("the free window was used %d times", n)
	}
}

// More pipes than there are windows carry long messages at the same time.
func TestManyUseWindows(t *testing.T) {
	var pipes sync.WaitGroup
	for me := range 2 * windows {
		a, b := ownPipe(t)
		pipes.Go(func() {
			for n := range 20 {
				if err := a.Send(numbered(me, n, windowLeast+n*50_000)); err != nil {
					t.Error(err)
				}
			}
		})
		pipes.Go(func() {
			for n := range 20 {
				m, err := Recv[[]byte](b)
				if from, i, whole := number(m); err != nil || from != me || i != n || !whole {
					t.Errorf("message %d of %d comes at %d of %d, whole: %v, %v", i, from, n, me, whole, err)
				}
			}
		})
	}
	pipes.Wait()
}

// Nobody gets a dead sender's bytes for another's, nor the other way round.
func TestWindowOfTheDead(t *testing.T) {
	const nobody = waitBit - 1 // the last id that there could be
	a, b := ownPipe(t)
	var all []passage
	for range windows {
		all = append(all, opened(t))
	}
	dead := all[5]
	reader := &bodyReader{wire: b.wire, sender: nobody, size: windowLeast, passage: dead}
	dead.start.set(dead.session, 1)
	dead.filled.set(dead.session, windowPiece)
	half := make([]byte, windowPiece/2)
	if err := reader.read(half); err != nil {
		t.Fatal(err)
	}
	dead.owner.Store(nobody)
	passed(t, a, b, numbered(1, 1, 1<<20))
	if dead.owner.Load() != 0 {
		t.Fatal("the dead sender's window was not taken over")
	}
	if err := reader.read(half); err != io.ErrUnexpectedEOF {
		t.Errorf("the rest of the dead sender's message: %v", err)
	}
	reader.filled.set(dead.session, 2*windowPiece) // as if it had looked a moment before
	if err := reader.read(half); err != io.ErrUnexpectedEOF {
		t.Errorf("the rest of the dead sender's message, copied: %v", err)
	}
	if _, accepted, err := acceptPassage(slotOf(dead)); accepted || err != nil {
		t.Errorf("the dead sender's offer is accepted: %v, %v", accepted, err)
	}
}

func slotOf(p passage) []byte {
	slot := make([]byte, slotSize)
	p.put(slot)
	return slot
}

// However the two sides come together, the message is whole: by the socket as far as the
// sender has come before it sees that its offer is accepted.
func TestWindowAccepted(t *testing.T) {
	message := numbered(1, 1, 900<<10)
	for _, by := range []int{0, 1, windowFirst, windowFirst + 1, 3 * windowFirst, len(message)} {
		a, b := ownPipe(t)
		p := opened(t)
		q, accepted, err := acceptPassage(slotOf(p))
		if !accepted || err != nil {
			t.Fatal(accepted, err)
		}
		if _, again, _ := acceptPassage(slotOf(p)); again {
			t.Fatal("accepted twice")
		}
		sent := make(chan error)
		go func() {
			err := a.wire.writeLong(message[:by])
			if err == nil {
				err = p.write(message, uint32(by), a.wire.refused)
			}
			sent <- err
		}()
		r := &bodyReader{wire: b.wire, sender: arena.id, size: uint32(len(message)), passage: q}
		got, err := readRest(nil, len(message), func(b []byte) error {
			for len(b) > 0 { // in uneven parts
				n := min(len(b), 77777)
				if err := r.read(b[:n]); err != nil {
					return err
				}
				b = b[n:]
			}
			return nil
		})
		if err != nil || !bytes.Equal(got, message) {
			t.Errorf("%d by the socket: %d bytes of %d, or others: %v", by, len(got), len(message), err)
		}
		if err := <-sent; err != nil {
			t.Errorf("%d by the socket: sending: %v", by, err)
		}
		p.close()
	}
}

// Who waits for the other side learns that it is gone.
func TestWindowIsLeft(t *testing.T) {
	a, b := ownPipe(t)
	p := opened(t)
	r := &bodyReader{wire: b.wire, sender: waitBit - 1, size: windowLeast, passage: p}
	if err := r.read(make([]byte, 1)); err != io.ErrUnexpectedEOF {
		t.Errorf("the sender is dead before it has begun: %v", err)
	}
	p.start.set(p.session, 1)
	if err := r.read(make([]byte, 1)); err != io.ErrUnexpectedEOF {
		t.Errorf("the sender is dead before it has put anything in: %v", err)
	}
	b.Close()
	if err := p.write(make([]byte, 2*windowSize), 0, a.wire.refused); err != io.ErrClosedPipe {
		t.Errorf("the receiver is gone: %v", err)
	}
}
