package mp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/mp"
)

type shape struct {
	Name  string
	Sides []int
	Inner *shape
	Any   any
}

type celsius float64

var _ = func() bool { mp.Register(shape{}); mp.Register(celsius(0)); return true }()

// echoes sends back whatever it is sent, until the end of the pipe.
var echoes = mp.Func("echoes", func(c *mp.Conn) error {
	for {
		x, err := mp.Recv[any](c)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.Send(x); err != nil {
			return err
		}
	}
})

// echo starts echoes and returns the end of a pipe to it.
func echo(t *testing.T) *mp.Conn {
	a, b, err := mp.Pipe()
	check(err)
	p := must(echoes.Start(b))
	check(b.Close())
	t.Cleanup(func() {
		a.Close()
		join(t, p)
	})
	return a
}

// repeated is a []byte of n bytes, all different from their neighbours.
func repeated(n int) []byte {
	return bytes.Repeat([]byte("0123456789abcdefghijk"), n/21+1)[:n]
}

func TestSendAny(t *testing.T) {
	c := echo(t)
	for _, x := range []any{
		nil, true, "", "text", 42, -1, int8(-8), uint64(1) << 63, 3.5, complex(1, 2), celsius(36.6),
		[]int{1, 2}, []string{"a", ""}, []byte{}, map[string]int{"a": 1}, map[string]any{"x": []int{1}, "y": nil},
		shape{Name: "a", Sides: []int{1, 2}, Inner: &shape{Any: 5}, Any: "dynamic"}, &shape{Name: "p"}, []shape{{}, {Any: []byte("x")}},
		time.Second, time.Date(2026, 11, 25, 12, 0, 0, 7, time.UTC),
		repeated(32), repeated(40), repeated(47), repeated(48), repeated(49), repeated(4060), repeated(4070), repeated(4080), repeated(4081), repeated(4095), repeated(4096), repeated(5000), repeated(256<<10 - 1), repeated(256 << 10), repeated(1 << 20), repeated(20<<20 + 7),
		strings.Repeat("x", 4000), strings.Repeat("x", 1<<20), make([]int, 100000),
	} {
		done := make(chan error)
		go func() { done <- c.Send(x) }() // a pipe does not hold all of these
		got, err := mp.Recv[any](c)
		check(err)
		check(<-done)
		if !reflect.DeepEqual(got, x) {
			t.Errorf("sent %.60v, got %.60v", x, got)
		}
	}
}

func TestRecvTyped(t *testing.T) {
	c := echo(t)
	check(c.Send([]byte("large enough")))
	buf := make([]byte, 0, 100)
	into := buf
	check(c.Recv(&into))
	if string(into) != "large enough" || &into[0] != &buf[:1][0] {
		t.Errorf("got %q, elsewhere", into)
	}
	check(c.Send(repeated(8000)))
	if got := must(mp.Recv[[]byte](c)); !bytes.Equal(got, repeated(8000)) {
		t.Errorf("got %d bytes", len(got))
	}
	a, b, err := mp.Pipe()
	check(err)
	n, ok := new(big.Int).SetString("123456789012345678901234567890", 10)
	check(a.Send(n))
	if got := must(mp.Recv[*big.Int](b)); !ok || got.Cmp(n) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestTypeMismatch(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	for _, test := range []struct {
		sent any
		recv func() error
		want string
	}{
		{1, func() error { _, err := mp.Recv[string](b); return err }, "cannot receive: the message holds an int, not a string"},
		{"x", func() error { _, err := mp.Recv[int](b); return err }, "cannot receive: the message holds a string, not an int"},
		{nil, func() error { _, err := mp.Recv[int](b); return err }, "cannot receive: the message holds nil, not an int"},
		{shape{}, func() error { _, err := mp.Recv[celsius](b); return err }, "cannot receive: the message holds a mp_test.shape, not a mp_test.celsius"},
		{1, func() error { _, err := mp.Recv[fmt.Stringer](b); return err }, "cannot receive: the message holds an int, not a fmt.Stringer"},
		{repeated(5000), func() error { _, err := mp.Recv[int](b); return err }, "cannot receive: the message holds a []uint8, not an int"},
	} {
		check(a.Send(test.sent))
		check(a.Send("after"))
		err := test.recv()
		var mismatch *mp.TypeError
		if !errors.As(err, &mismatch) || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
		if after := must(mp.Recv[string](b)); after != "after" {
			t.Errorf("the next message is %q", after)
		}
	}
	type secret struct{ A int }
	check(a.Send(secret{1}))
	if _, err := mp.Recv[any](b); err == nil || !strings.Contains(err.Error(), "mp.Register") {
		t.Errorf("an unregistered type: %v", err)
	}
	if err := b.Recv(5); err == nil || !strings.Contains(err.Error(), "must be a pointer") {
		t.Errorf("Recv(5): %v", err)
	}
}

//lint:ignore U1000 an unexported field is what the type is for
type hidden struct{ A, b int }

type cycle struct{ Next *cycle }

func TestCannotTravel(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	loop := &cycle{}
	loop.Next = loop
	for _, test := range []struct {
		x    any
		want string
	}{
		{func() {}, "a func() cannot travel between processes"},
		{make(chan int), "a chan int cannot travel between processes"},
		{hidden{}, "mp_test.hidden cannot travel: its field b is unexported"},
		{[]hidden{{}}, "its field b is unexported"},
		{map[string]*hidden{}, "its field b is unexported"},
		{struct{ F func() }{}, "struct { F func() }.F: a func() cannot travel"},
		{[]any{1, func() {}}, "a func() cannot travel"},
		{mp.Current(), "only the process that started it can join it"},
		{mp.Lock{}, "not as a zero value"},
		{&mp.Lock{}, "not as a zero value"},
		{&mp.Value[int]{}, "not as a zero value"},
		{&mp.Conn{}, "not as a zero value"},
		{loop, "does it point to itself?"},
	} {
		err := a.Send(test.x)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%T: got %v, want %s", test.x, err, test.want)
		}
		_, err = takesAny.Start(test.x)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "cannot start takesAny: argument 1: ") {
			t.Errorf("%T: started with %v, want %s", test.x, err, test.want)
		}
	}
	if ready := must(b.Poll(0)); ready {
		t.Error("something was sent")
	}
}

var takesAny = mp.Func("takesAny", func(any) error { return nil })

func TestClosed(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	check(a.Send(1))
	check(a.Close())
	if err := a.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
	if err := a.Send(1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Send: %v", err)
	}
	if _, err := mp.Recv[int](a); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Recv: %v", err)
	}
	if _, err := a.Poll(0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Poll: %v", err)
	}
	if _, err := echoes.Start(a); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Start: %v", err)
	}
	if x := must(mp.Recv[int](b)); x != 1 {
		t.Errorf("received %d", x)
	}
	for range 2 {
		if _, err := mp.Recv[int](b); err != io.EOF {
			t.Errorf("Recv: %v", err)
		}
		if err := b.Send(1); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Send: %v", err)
		}
		if err := b.Send(repeated(1 << 20)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Send: %v", err)
		}
	}
	if ready := must(b.Poll(-1)); !ready {
		t.Error("the end of a pipe is not ready")
	}
	check(b.Close())
}

func TestPoll(t *testing.T) {
	c := echo(t)
	for _, d := range []time.Duration{0, time.Microsecond, time.Millisecond} {
		if ready := must(c.Poll(d)); ready {
			t.Error("ready without a message")
		}
	}
	check(c.Send("x"))
	if ready := must(c.Poll(long)); !ready {
		t.Error("no message")
	}
	if ready := must(c.Poll(0)); !ready {
		t.Error("Poll took the message")
	}
	must(mp.Recv[string](c))
}

// A parent that keeps the child's end of a pipe open never sees its end.
func TestForgottenEnd(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	p := must(doubles.Start(b, 21))
	join(t, p)
	if x := must(mp.Recv[int](a)); x != 42 {
		t.Errorf("received %d", x)
	}
	if ready := must(a.Poll(10 * time.Millisecond)); ready {
		t.Error("the end of the pipe, while this process holds the other end")
	}
	check(b.Close())
	if _, err := mp.Recv[int](a); err != io.EOF {
		t.Errorf("Recv: %v", err)
	}
}

// A message larger than a pipe holds waits for its receiver.
func TestFullPipe(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	p := must(pours.Start(b, 1<<20, 1))
	check(b.Close())
	if done, err := p.JoinTimeout(20 * time.Millisecond); done || err != nil {
		t.Errorf("joined before the receive: %v, %v", done, err)
	}
	if got := must(mp.Recv[[]byte](a)); !bytes.Equal(got, repeated(1<<20)) {
		t.Errorf("received %d bytes", len(got))
	}
	join(t, p)
}

var pours = mp.Func3("pours", func(c *mp.Conn, size, times int) error {
	b := repeated(size)
	for range times {
		if err := c.Send(b); err != nil {
			return err
		}
	}
	return nil
})

// Messages from several processes into one end, and from one end to several
// processes, stay whole.
func TestSharedEnds(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	sizes := []int{10, 100, 4090, 5000, 300000}
	const times = 20
	senders := several(len(sizes), func(i int) (*mp.Process, error) { return pours.Start(b, sizes[i], times) })
	check(b.Close())
	c, d, err := mp.Pipe()
	check(err)
	counters := several(2, func(int) (*mp.Process, error) { return counts.Start(a, d) })
	check(a.Close())
	check(d.Close())
	join(t, senders...)
	total := map[int]int{}
	for range counters {
		for size, n := range must(mp.Recv[map[int]int](c)) {
			total[size] += n
		}
	}
	join(t, counters...)
	for _, size := range sizes {
		if total[size] != times {
			t.Errorf("%d messages of %d bytes arrived, %d were sent", total[size], size, times)
		}
	}
}

var counts = mp.Func2("counts", func(in, out *mp.Conn) error {
	n := map[int]int{}
	for {
		b, err := mp.Recv[[]byte](in)
		if err == io.EOF {
			return out.Send(n)
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(b, repeated(len(b))) {
			return fmt.Errorf("a message of %d bytes is mixed up", len(b))
		}
		n[len(b)]++
	}
})

// Goroutines of one process share an end, too, and may close it.
func TestGoroutines(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	var senders sync.WaitGroup
	for i := range 4 {
		senders.Go(func() {
			for range 100 {
				check(a.Send(repeated(10 + 2000*i)))
			}
		})
	}
	var receivers sync.WaitGroup
	n := make([]int, 3)
	for i := range n {
		receivers.Go(func() {
			for {
				x, err := mp.Recv[[]byte](b)
				if err == io.EOF {
					return
				}
				check(err)
				if !bytes.Equal(x, repeated(len(x))) {
					t.Errorf("a message of %d bytes is mixed up", len(x))
				}
				n[i]++
			}
		})
	}
	senders.Wait()
	check(a.Close())
	receivers.Wait()
	if n[0]+n[1]+n[2] != 400 {
		t.Errorf("%v messages arrived of 400", n)
	}
}

// A connection goes through a connection, together with what is sent beside it.
func TestConnThroughConn(t *testing.T) {
	c := echo(t)
	a, b, err := mp.Pipe()
	check(err)
	type parcel struct {
		Ends []*mp.Conn
		Text string
	}
	e, f, err := mp.Pipe()
	check(err)
	check(e.Send(parcel{[]*mp.Conn{b, b}, strings.Repeat("x", 10000)}))
	check(b.Close())
	got := must(mp.Recv[parcel](f))
	check(got.Ends[0].Close())
	check(got.Ends[1].Send("through"))
	if s := must(mp.Recv[string](a)); s != "through" || len(got.Text) != 10000 {
		t.Errorf("received %q, %d", s, len(got.Text))
	}
	check(c.Send(got.Ends[1]))
	check(got.Ends[1].Close())
	back := must(mp.Recv[*mp.Conn](c)) // the child keeps a copy open
	check(back.Send("and back"))
	if s := must(mp.Recv[string](a)); s != "and back" {
		t.Errorf("received %q", s)
	}
	check(e.Send(f)) // an end may carry any end, itself too
	check(f.Close())
	many := make([]*mp.Conn, 100)
	for i := range many {
		many[i] = back
	}
	if err := e.Send(many); err == nil || !strings.Contains(err.Error(), "100 connections, more than 84") {
		t.Errorf("sent %v", err)
	}
}
