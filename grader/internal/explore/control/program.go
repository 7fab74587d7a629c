//go:build unix

package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Program is a program that is run again and again, by several workers at once,
// each in a box of its own. Its processes are real and stop before each operation.
type Program struct {
	// Spoil says of the beginning of a child, and of a pool's task, what becomes of it.
	// With trace.Idle the student's function is not called: the child ends well at once,
	// and the task returns a zero value. With trace.Plant all that it hands over is
	// changed, and what it prints is withheld. nil: all is done. It is called from
	// several goroutines.
	Spoil func(path string, op *trace.Event) trace.Grant
	// Withheld says that there was something to withhold.
	Withheld atomic.Bool

	command  box.Command
	watched  bool
	patience time.Duration // how long a process may take to its next operation
	obstacle atomic.Pointer[model.Obstacle]
	begun    atomic.Bool

	mu      sync.Mutex
	boxes   map[int]*box.Box // by worker
	strange *box.Box         // the first run's, of another kind than those of other runs
}

// New makes a program of a command, whose Files must be empty. Its limit on wall
// time is what a process may take from one operation to the next. Unless it is
// watched, what is observed of its runs says nothing of other processes than the
// first, and runs cost less. Close must be called in the end.
func New(c box.Command, watched bool) (*Program, error) {
	if len(c.Files) > 0 {
		return nil, errors.New("cannot take hold of a program that is given files")
	}
	p := &Program{command: c, watched: watched, patience: c.Limits.Wall, boxes: map[int]*box.Box{}}
	if p.patience == 0 {
		p.patience = box.Defaults().Wall
	}
	// A run as a whole has no limit but its steps: someone may look at each of them.
	p.command.Limits.Wall = 24 * time.Hour
	p.command.Limits.Linger = 24 * time.Hour
	return p, nil
}

// Obstacle says why what the runs show is not what their schedules say, or "".
func (p *Program) Obstacle() model.Obstacle {
	if o := p.obstacle.Load(); o != nil {
		return *o
	}
	return ""
}

// Overlook forgets that an obstacle was met, and reports whether it was.
func (p *Program) Overlook(o model.Obstacle) bool {
	met := p.obstacle.Load()
	return met != nil && *met == o && p.obstacle.CompareAndSwap(met, nil)
}

func (p *Program) met(o model.Obstacle) { p.obstacle.CompareAndSwap(nil, &o) }

// Close closes the boxes.
func (p *Program) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, b := range p.boxes {
		errs = append(errs, b.Close())
	}
	clear(p.boxes)
	return errors.Join(errs...)
}

// box returns a worker's box.
func (p *Program) box(ctx context.Context, worker int) (*box.Box, error) {
	// A program can tell a box that watches from one that does not. What it does in
	// one of either kind must be the same: the first run is made where programs run
	// that are not held, and whoever explores compares it with the next.
	first := !p.begun.Swap(true)
	p.mu.Lock()
	b := p.boxes[worker]
	strange := p.strange == b
	p.mu.Unlock()
	switch {
	case b == nil:
	case !strange || p.watched:
		return b, nil
	default:
		p.abandon(worker)
	}
	b, err := box.Open(ctx, box.Setup{
		Tier: p.command.Tier, Program: p.command.Program, ReadOnly: p.command.ReadOnly, Writable: p.command.Writable, Programs: p.command.Programs,
		Limits: p.command.Limits, Unwatched: !p.watched && !first,
	})
	if err == nil {
		p.mu.Lock()
		p.boxes[worker] = b
		if first {
			p.strange = b
		}
		p.mu.Unlock()
	}
	return b, err
}

// abandon forgets a worker's box, which is of no more use.
func (p *Program) abandon(worker int) {
	p.mu.Lock()
	b := p.boxes[worker]
	delete(p.boxes, worker)
	p.mu.Unlock()
	if b != nil {
		b.Close()
	}
}

// Begin starts a run.
func (p *Program) Begin(ctx context.Context, worker int) (model.Run, error) {
	b, err := p.box(ctx, worker)
	if err != nil {
		return nil, err
	}
	s, err := begin(ctx, b.Run, p.command, trace.WatchAsk)
	if err != nil {
		p.abandon(worker)
		return nil, fmt.Errorf("cannot take hold of the program: %w", err)
	}
	return &run{session: s, program: p, worker: worker, procs: map[string]*process{}, started: map[string]bool{"0": true}}, nil
}

// session is one run in a box, as far as the lines and the output go.
type session struct {
	ctx      context.Context
	cancel   context.CancelFunc
	listener *line // over which the first process sends its line
	theirs   *os.File
	output   int         // where standard output comes out; -1 where the box keeps it
	alarm    int         // has something to read from the run's end on; the program has no way to it
	over     atomic.Bool // every process of the run is gone
	ended    chan struct{}
	seen     *box.Observation
	err      error
	buf      []byte
}

// runner runs a command to its end, as a box's Run does.
type runner func(context.Context, box.Command) (*box.Observation, error)

// begin starts a run whose processes are watched. Its standard output comes here
// when they are held, so that each stretch of it is known to belong to a step.
func begin(ctx context.Context, run runner, c box.Command, way trace.Watch) (*session, error) {
	listener, theirs, err := newListener(way, &c)
	if err != nil {
		return nil, err
	}
	s := &session{listener: listener, theirs: theirs, output: -1, alarm: -1, ended: make(chan struct{}), buf: make([]byte, 8<<10)}
	alarm, err := socketPair()
	if err != nil {
		s.close()
		return nil, err
	}
	s.alarm = alarm[0]
	if way == trace.WatchAsk {
		if s.output, c.Stdout, err = box.OutputPipe(); err != nil {
			unix.Close(alarm[1])
			s.close()
			return nil, err
		}
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	go func() {
		s.seen, s.err = run(s.ctx, c)
		if c.Stdout != nil {
			c.Stdout.Close()
		}
		s.over.Store(true)
		unix.Write(alarm[1], []byte{0})
		unix.Close(alarm[1])
		close(s.ended)
	}()
	return s, nil
}

// close gives back what the run has taken here. The run is over.
func (s *session) close() {
	s.listener.close()
	s.theirs.Close()
	s.closeOutput()
	if s.alarm >= 0 {
		unix.Close(s.alarm)
	}
}

func (s *session) closeOutput() {
	if s.output >= 0 {
		unix.Close(s.output)
		s.output = -1
	}
}

// poll waits until one of the descriptors has something to say, for at most d.
func poll(fds []unix.PollFd, d time.Duration) (bool, error) {
	deadline := time.Now().Add(d)
	for {
		left := max(time.Until(deadline), 0)
		n, err := unix.Poll(fds, int((left+time.Millisecond-1)/time.Millisecond))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return false, os.NewSyscallError("poll", err)
		case n > 0:
			return true, nil
		case time.Now().After(deadline):
			return false, nil
		}
	}
}
