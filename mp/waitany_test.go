package mp_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"lockstep/mp"
)

func TestWaitAny(t *testing.T) {
	var goes []*mp.Event
	ps := several(3, func(int) (*mp.Process, error) {
		goes = append(goes, mp.NewEvent())
		return waits.Start(goes[len(goes)-1])
	})
	goes[1].Set()
	if i, err := mp.WaitAny(ps...); i != 1 || err != nil {
		t.Errorf("the second of three: %d, %v", i, err)
	}
	if code, exited := ps[1].ExitCode(); !exited || code != 0 {
		t.Error("it is not joined")
	}
	if i, err := mp.WaitAny(ps...); i != 1 || err != nil {
		t.Errorf("one that was joined before: %d, %v", i, err)
	}
	// One who waits while they die.
	rest := []*mp.Process{ps[2], ps[0]}
	answers := waiting(rest...)
	check(ps[0].Kill())
	var exit *mp.ExitError
	if got := <-answers; got.i != 1 || !errors.As(got.err, &exit) || exit.PID != ps[0].PID() {
		t.Errorf("the one that was killed: %+v", got)
	}
	goes[2].Set()
	join(t, ps[2])
	if i, err := mp.WaitAny([]*mp.Process{}...); i != -1 || err == nil {
		t.Errorf("none at all: %d, %v", i, err)
	}
	if i, err := mp.WaitAny(ps[0], mp.Current()); i != -1 || err == nil {
		t.Errorf("this process itself: %d, %v", i, err)
	}
}

// Many end at once, and each is told of once.
func TestWaitAnyOfMany(t *testing.T) {
	start := mp.NewEvent()
	ps := several(20, func(int) (*mp.Process, error) { return waits.Start(start) })
	start.Set()
	for len(ps) > 0 {
		i, err := mp.WaitAny(ps...)
		if err != nil || ps[i].Alive() {
			t.Fatalf("%s: %v", ps[i].Name(), err)
		}
		ps = slices.Delete(ps, i, i+1)
	}
}

// answer is what WaitAny returned to one who waited in a goroutine.
type answer struct {
	i   int
	err error
}

// waiting waits for any in a goroutine.
func waiting[W mp.Waitable](ws ...W) <-chan answer {
	answers := make(chan answer)
	go func() {
		i, err := mp.WaitAny(ws...)
		answers <- answer{i, err}
	}()
	return answers
}

// pipes makes several pipes.
func pipes(n int) (here, there []*mp.Conn) {
	for range n {
		a, b, err := mp.Pipe()
		check(err)
		here, there = append(here, a), append(there, b)
	}
	return here, there
}

func closeAll(ends ...[]*mp.Conn) {
	for _, list := range ends {
		for _, c := range list {
			c.Close()
		}
	}
}

// sends sends once it is told to.
var sends = mp.Func3("sends", func(c *mp.Conn, now *mp.Event, text string) error {
	now.Wait()
	return c.Send(text)
})

func TestWaitAnyOfConnections(t *testing.T) {
	here, there := pipes(4)
	defer closeAll(here, there)
	check(there[2].Send("two"))
	check(there[1].Send("one"))
	for range 2 {
		if i, err := mp.WaitAny(here...); i != 1 || err != nil {
			t.Errorf("of two that have a message, the first, and nothing is received: %d, %v", i, err)
		}
	}
	if got := must(mp.Recv[string](here[1])); got != "one" {
		t.Errorf("received %q", got)
	}
	if i, err := mp.WaitAny(here...); i != 2 || err != nil {
		t.Errorf("the other: %d, %v", i, err)
	}
	must(mp.Recv[string](here[2]))
	// A message that is longer than the pipe is there as soon as it has begun.
	sent := make(chan error)
	go func() { sent <- there[3].Send(strings.Repeat("x", 1<<20)) }()
	if i, err := mp.WaitAny(here...); i != 3 || err != nil {
		t.Errorf("a long message: %d, %v", i, err)
	}
	must(mp.Recv[string](here[3]))
	check(<-sent)
	// A message, then the end of the pipe, for as long as it is asked.
	now := mp.NewEvent()
	p := must(sends.Start(there[0], now, "zero"))
	check(there[0].Close())
	got := waiting(here...)
	now.Set()
	if a := <-got; a.i != 0 || a.err != nil {
		t.Errorf("who waits for a message that comes: %+v", a)
	}
	must(mp.Recv[string](here[0]))
	join(t, p)
	for range 2 {
		if i, err := mp.WaitAny(here...); i != 0 || err != nil {
			t.Errorf("the end of a pipe: %d, %v", i, err)
		}
		if _, err := mp.Recv[string](here[0]); err != io.EOF {
			t.Errorf("received %v at the end of a pipe", err)
		}
	}
}

// Whoever waits sees the end of a pipe when the last that could send is killed.
func TestWaitAnyWhileAPeerDies(t *testing.T) {
	here, there := pipes(2)
	defer closeAll(here, there[:1])
	never := mp.NewEvent()
	ps := several(2, func(int) (*mp.Process, error) { return sends.Start(there[1], never, "") })
	check(there[1].Close())
	got := waiting(here...)
	check(ps[0].Kill())
	ps[0].Join()
	select {
	case a := <-got:
		t.Fatalf("the end of a pipe that one can still send into: %+v", a)
	default:
	}
	check(ps[1].Kill())
	if a := <-got; a.i != 1 || a.err != nil {
		t.Errorf("the end of the pipe whose senders were killed: %+v", a)
	}
	ps[1].Join()
}

func TestWaitAnyOfBoth(t *testing.T) {
	here, there := pipes(2)
	defer closeAll(here, there)
	now := mp.NewEvent()
	p := must(waits.Start(now))
	both := []mp.Waitable{here[0], p, here[1]}
	got := waiting(both...)
	check(there[1].Send("one"))
	if a := <-got; a.i != 2 || a.err != nil {
		t.Errorf("a message: %+v", a)
	}
	must(mp.Recv[string](here[1]))
	got = waiting(both...)
	check(p.Kill())
	var exit *mp.ExitError
	if a := <-got; a.i != 1 || !errors.As(a.err, &exit) || exit.PID != p.PID() {
		t.Errorf("a child that was killed: %+v", a)
	}
	if _, exited := p.ExitCode(); !exited {
		t.Error("it is not joined")
	}
	check(there[1].Send("one"))
	if i, err := mp.WaitAny(both...); i != 1 || err == nil {
		t.Errorf("a child that was joined before comes first: %d, %v", i, err)
	}
}

// Each is something that can't be waited for, whatever the others are.
func TestWaitAnyOfNothing(t *testing.T) {
	here, there := pipes(2)
	defer closeAll(here[1:], there)
	check(there[1].Send("one"))
	check(here[0].Close())
	for _, c := range []struct {
		name string
		ws   []mp.Waitable
		want error
		says string
	}{
		{"none", nil, nil, "cannot wait for any of none"},
		{"a closed end", []mp.Waitable{here[1], here[0]}, os.ErrClosed, "cannot wait for any: number 1, counted from 0: file already closed"},
		{"this process", []mp.Waitable{here[1], mp.Current()}, nil, "a process cannot join itself"},
		{"no connection", []mp.Waitable{here[1], new(mp.Conn)}, nil, "cannot wait for any: a Conn is made by Pipe, not as a zero value"},
		{"nil", []mp.Waitable{(*mp.Process)(nil)}, nil, "cannot wait for any: number 0, counted from 0, is nil"},
	} {
		if i, err := mp.WaitAny(c.ws...); i != -1 || err == nil || err.Error() != c.says || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %d, %v", c.name, i, err)
		}
	}
}
