//go:build unix

package control

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// A speaker plays a program that says whatever it is told to: in what follows, a
// byte that picks one of its moves, a byte that is the length of what is behind it,
// and that.
type speaker struct {
	held  bool
	lines []int // that it has opened, the listener first
	at    int   // the one that it speaks over
	ops   int
	key   uint64
}

func (s *speaker) head(m trace.Mark) []byte { return trace.AppendHead(nil, m, s.key) }

// The moves of a speaker.
const (
	says    = iota // the bytes, as they are
	opens          // a line for the process whose path they are
	goesTo         // the line whose number the first byte is
	closes         // the line that it speaks over
	shows          // a descriptor that is no socket
	claims         // to come to an operation, which the bytes fill
	waits          // for the observer's word
	answers        // what came of the last operation
	moves
)

func (s *speaker) perform(script []byte) {
	for len(script) >= 2 {
		move, n := script[0]%moves, min(int(script[1]), len(script)-2)
		body := script[2 : 2+n]
		script = script[2+n:]
		fd := s.lines[s.at]
		switch move {
		case says:
			unix.SendmsgN(fd, body, nil, nil, unix.MSG_DONTWAIT|noSignal)
		case opens:
			if pair, err := socketPair(); err == nil {
				s.send(fd, append(s.head(trace.Born), body...), pair[0])
				unix.Close(pair[0])
				s.lines = append(s.lines, pair[1])
				s.at = len(s.lines) - 1
			}
		case goesTo:
			if n > 0 {
				s.at = int(body[0]) % len(s.lines)
			}
		case closes:
			unix.Shutdown(fd, unix.SHUT_RDWR)
		case shows:
			if f, err := os.Open(os.DevNull); err == nil {
				s.send(fd, append(s.head(trace.Aide), body...), int(f.Fd()))
				f.Close()
			}
		case claims:
			s.ops++
			mark, e := trace.Tell, eventOf(body, s.ops)
			if s.held {
				mark = trace.Ask
			}
			b := s.head(mark)
			if s.held {
				b = trace.AppendAnswer(b, &trace.Answer{Made: s.ops%2 == 0, Result: e.Arg})
			}
			s.send(fd, trace.AppendEvent(b, e), -1)
		case waits:
			if ready, _ := poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 5*time.Millisecond); ready {
				unix.Recvfrom(fd, make([]byte, 1), unix.MSG_DONTWAIT)
			}
		case answers:
			s.send(fd, trace.AppendAnswer(s.head(trace.Back), &trace.Answer{Made: true, Result: string(body)}), -1)
		}
	}
}

func (s *speaker) send(fd int, frame []byte, rides int) {
	var rights []byte
	if rides >= 0 {
		rights = unix.UnixRights(rides)
	}
	unix.SendmsgN(fd, trace.Finish(frame), rights, nil, unix.MSG_DONTWAIT|noSignal)
}

// eventOf makes an event of some bytes: of every kind there is, about objects that
// there could be.
func eventOf(b []byte, op int) *trace.Event {
	at := func(i int) int {
		if i < len(b) {
			return int(b[i])
		}
		return 0
	}
	objects := []string{"0.1", "0.2", "0#1", "0#2a", "0#2b", "0.1#1", "0", ""}
	methods := []string{"", "value", "array", "semaphore", "barrier", "queue", "pool", "dict.set", "list.append", "cond.wait", "event.wait", "barrier.wait", "queue.put", "queue.get", "queue.done", "queue.wait", "cond.notify", "event.set", "any"}
	sizes := []int{0, 1, 2, 1 << 20, 1 << 40}
	e := &trace.Event{
		Op: op, Kind: trace.Kind(at(0)), Object: objects[at(1)%len(objects)], Method: methods[at(2)%len(methods)],
		Index: at(3) - 1, Size: sizes[at(4)%len(sizes)], Limit: time.Duration(int8(at(5))) << 56,
		Key: objects[at(6)%len(objects)], Arg: methods[at(7)%len(methods)], Name: []string{"f", "mp.worker", "mp.manager", ""}[at(8)%4],
		Enter: time.Duration(int8(at(9))) << 56, Leave: time.Duration(int8(at(10))) << 56, CPU: time.Duration(at(11)),
	}
	for range at(12) % 5 {
		e.Carries = append(e.Carries, objects[at(13)%len(objects)])
	}
	return e
}

// speaking runs a speaker in place of a box's command.
func speaking(script []byte, held bool) runner {
	return func(_ context.Context, c box.Command) (*box.Observation, error) {
		listener, err := unix.Dup(int(c.Files[0].Fd()))
		if err != nil {
			return nil, err
		}
		b := make([]byte, trace.TermsSize)
		n, _, _ := unix.Recvfrom(listener, b, unix.MSG_DONTWAIT)
		terms, ok := trace.ParseTerms(b[:n])
		if !ok {
			return nil, errors.New("the listener says nothing")
		}
		s := &speaker{held: held, lines: []int{listener}, key: terms.Key}
		s.perform(script)
		for _, fd := range s.lines {
			unix.Close(fd)
		}
		return &box.Observation{Processes: []box.Process{{PID: 1, State: box.Root}}}, nil
	}
}

// spoken is a program whose runs are a speaker's.
type spoken struct {
	*Program
	script []byte
}

func (p spoken) Begin(ctx context.Context, worker int) (model.Run, error) {
	s, err := begin(ctx, speaking(p.script, true), p.command, trace.WatchAsk)
	if err != nil {
		return nil, err
	}
	return &run{session: s, program: p.Program, worker: worker, procs: map[string]*process{}, started: map[string]bool{"0": true}}, nil
}

// FuzzLine has programs say anything at all, at any time: who listens goes on until
// the run is over, and finds no fault with the grader.
func FuzzLine(f *testing.F) {
	move := func(what byte, body ...byte) []byte { return append([]byte{what, byte(len(body))}, body...) }
	script := func(moves ...[]byte) []byte { return slices.Concat(moves...) }
	text := func(what byte, s string) []byte { return move(what, []byte(s)...) }
	first := text(opens, "0")
	for _, seed := range [][]byte{
		nil,
		text(says, "nonsense"),
		text(says, "\xff\xff\xff\xffc0"),
		text(says, "\x05\x00\x00\x00m\x05\x00\x00\x00o\xc8\x00\x00\x00c"),
		move(closes),
		script(first, text(says, "nonsense")),
		script(first, move(closes), text(says, "more")),
		script(first, text(says, "\x20\x00\x00\x00a")),
		script(text(shows, "0"), first),
		script(first, text(shows, "0.1"), move(claims, byte(trace.Begin))),
		script(first, move(goesTo, 0), first, text(opens, "0.1"), move(goesTo, 1), text(opens, "0.1"), text(opens, "0.1.1")),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.Exit)), move(waits)),
		script(first, move(claims, byte(trace.Begin)), move(waits), text(opens, "0.1"), move(claims, byte(trace.Begin)), move(waits)), // never started
		script(first, move(claims, byte(trace.Begin)), move(waits), text(opens, "0.1"), move(goesTo, 1), move(claims, byte(trace.Start), 0), move(waits),
			move(claims, byte(trace.Start), 0), move(waits)), // started twice
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.Unlock), 2), move(waits), move(claims, byte(trace.Wait), 2, 9, 0, 0, 0, 6), move(waits)),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.New), 2, 4, 0, 4), move(waits), move(claims, byte(trace.Wait), 2, 11), move(waits)),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.New), 2, 3, 0, 4), move(waits), move(claims, byte(trace.Acquire), 2), move(waits), move(claims, byte(trace.Release), 2)),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.New), 2, 6, 0, 3), move(waits), move(claims, byte(trace.Map), 2, 0, 0, 4), move(waits),
			move(claims, byte(trace.Take), 2), move(waits), move(claims, byte(trace.Give), 2), move(waits), move(claims, byte(trace.Next), 2)),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.Sleep), 7, 0, 0, 0, 127), move(waits), move(claims, byte(trace.Sleep), 7, 0, 0, 0, 127), move(waits)),
		script(first, move(claims, byte(trace.Begin)), move(answers), move(waits), move(answers), move(claims, byte(trace.Join), 6), move(waits)),
		script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(trace.Poll), 7, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3), move(waits),
			move(claims, byte(trace.Poll), 7, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0), move(waits)), // several ends, and a child that was never started
		script(first, move(claims, byte(trace.Begin), 0, 0, 0, 0, 0, 0, 0, 0, 127, 128, 255, 4, 3)),
	} {
		f.Add(seed)
	}
	for kind := trace.Begin; kind <= trace.Next; kind++ {
		for object := range byte(8) {
			f.Add(script(first, move(claims, byte(trace.Begin)), move(waits), move(claims, byte(kind), object), move(waits), move(claims, byte(kind), object, 1, 2), move(waits)))
		}
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 1<<10 {
			return // a run is over soon
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if seen, _, err := observe(ctx, speaking(script, false), box.Command{}); err != nil || seen == nil {
			t.Errorf("observed: %+v %v", seen, err)
		}
		program := spoken{&Program{patience: 50 * time.Millisecond, boxes: map[int]*box.Box{}}, script}
		var unfit *model.Unfit
		_, err := search.Explore(ctx, program, search.Settings{Workers: 1, Until: time.Now().Add(20 * time.Millisecond)})
		if err != nil && !errors.As(err, &unfit) || ctx.Err() != nil {
			t.Errorf("held: %v", err)
		}
	})
}
