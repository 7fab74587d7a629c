//go:build unix

package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// mostEvents and mostBytes bound what is kept of one run: far more than its processes
// tell that do not make it up.
const (
	mostEvents = 200_000
	mostBytes  = 64 << 20
)

// Observe runs a command once, as box.Run does, and returns beside what the box
// saw what the processes told of themselves, by process and in their own order.
// The processes run as they like. There are no events when there were too many of
// them, or when the program does not use package mp.
func Observe(ctx context.Context, c box.Command) (*box.Observation, []trace.Event, error) {
	if len(c.Files) > 0 {
		return nil, nil, errors.New("cannot observe a program that is given files")
	}
	b, err := box.Open(ctx, box.Setup{Tier: c.Tier, Program: c.Program, ReadOnly: c.ReadOnly, Writable: c.Writable, Programs: c.Programs, Limits: c.Limits})
	if err != nil {
		return nil, nil, err
	}
	seen, events, err := observe(ctx, b.Run, c)
	if closing := b.Close(); err == nil && closing != nil {
		err = closing
	}
	if err != nil {
		return nil, nil, err
	}
	return seen, events, nil
}

func observe(ctx context.Context, run runner, c box.Command) (*box.Observation, []trace.Event, error) {
	s, err := begin(ctx, run, c, trace.WatchTell)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot observe the program: %w", err)
	}
	defer s.cancel()
	e := observer{session: s, paths: map[string]bool{}}
	err = e.listen()
	if err != nil {
		s.cancel()
	}
	<-s.ended
	for _, p := range e.lines {
		p.close()
	}
	s.close()
	if err = errors.Join(err, s.err); err != nil {
		return nil, nil, err
	}
	return s.seen, e.sorted(), nil
}

// observer takes in what processes tell.
type observer struct {
	*session
	lines  []*told
	paths  map[string]bool
	events []trace.Event
	bytes  int // of the events, as they were told
	lost   bool
}

// told is one process's line.
type told struct {
	line
	path string
}

// listen takes in everything that is told until the run is over.
func (e *observer) listen() error {
	for over := false; ; {
		fds := []unix.PollFd{{Fd: int32(e.alarm), Events: unix.POLLIN}, {Fd: int32(e.listener.fd), Events: unix.POLLIN}}
		for _, l := range e.lines {
			fds = append(fds, unix.PollFd{Fd: int32(l.fd), Events: unix.POLLIN})
		}
		wait := -1 // the run has a limit of real time, and looks at its context
		if over {
			wait, fds[0].Fd = 0, -1 // what is left was said before
		}
		n, err := unix.Poll(fds, wait)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return fmt.Errorf("cannot listen to the program: %w", err)
		case n == 0 && over:
			return nil
		}
		if fds[1].Revents != 0 {
			e.open()
		}
		heard := e.lines[:len(fds)-2]
		for i, l := range heard {
			if fds[2+i].Revents != 0 {
				e.receive(l)
			}
		}
		e.lines = slices.DeleteFunc(e.lines, func(l *told) bool { return l.over })
		over = e.over.Load()
	}
}

// open takes in the first process's line.
func (e *observer) open() {
	frames, err := e.listener.read(e.buf)
	for _, f := range frames {
		if f.mark == trace.Born && !e.paths["0"] && string(f.body) == "0" {
			e.paths["0"] = true
			e.lines = append(e.lines, &told{line{fd: f.fd, key: e.listener.key}, "0"})
		} else if f.fd >= 0 {
			shut(f.fd)
		}
	}
	if err != nil || e.listener.over {
		e.listener.close()
	}
}

// receive takes in what a process tells. One that talks nonsense is listened to no more.
func (e *observer) receive(l *told) {
	frames, err := l.read(e.buf)
	sense := err == nil
	for _, f := range frames {
		if sense = sense && e.take(l, f); !sense && f.fd >= 0 {
			shut(f.fd)
		}
	}
	if !sense || l.over {
		l.close()
	}
}

func (e *observer) take(l *told, f frame) bool {
	switch f.mark {
	case trace.Born, trace.Aide:
		path := string(f.body)
		if !childOf(path, l.path) || e.paths[path] || len(e.lines) >= mostLines || len(e.paths) >= mostPaths {
			return false
		}
		e.paths[path] = true
		e.lines = append(e.lines, &told{line{fd: f.fd, key: l.key}, path})
	case trace.Tell:
		in := trace.NewReader(f.body)
		event := in.Event()
		if in.Err != nil || !sound(&event, l.path) {
			return false
		}
		event.Proc = l.path
		e.bytes += len(f.body)
		if e.lost = e.lost || len(e.events) == mostEvents || e.bytes > mostBytes; !e.lost {
			e.events = append(e.events, event)
		}
	case trace.Lost:
		e.lost = true
	default:
		return false
	}
	return true
}

// mostLines is how many processes are listened to at a time, and mostPaths in all:
// more than a box allows.
const (
	mostLines = 512
	mostPaths = 1 << 12
)

// sorted returns the events in order. Of an operation that was told while it was
// going on and again when it had ended, the last counts.
func (e *observer) sorted() []trace.Event {
	if e.lost {
		return nil
	}
	slices.SortStableFunc(e.events, func(a, b trace.Event) int {
		return cmp.Or(cmp.Compare(a.Proc, b.Proc), cmp.Compare(a.Op, b.Op))
	})
	var out []trace.Event
	for i, x := range e.events {
		if i+1 < len(e.events) && e.events[i+1].Proc == x.Proc && e.events[i+1].Op == x.Op {
			continue
		}
		out = append(out, x)
	}
	return out
}
