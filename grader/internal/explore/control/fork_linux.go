//go:build !portable

package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Forks is the same program with cheaper runs: a worker's box has one process that has
// initialised itself and waits, a zygote, and the runs' processes are forks of it and of
// each other's zygotes; see package mp. They begin as fresh processes do, and Go's runtime
// in them is good for a program that has no goroutines, pools or managers, keeps nothing
// in files, and makes no operation before Main: the caller has seen to that. Of a run
// nothing is known but what its processes tell, what they print on standard output and the
// first one's exit code.
type Forks struct {
	*Program
	mu      sync.Mutex
	zygotes map[int]*zygote // by worker
}

// zygote is a process whose forks are runs' first processes.
type zygote struct {
	box   *box.Box
	line  *line
	end   context.CancelFunc
	ended chan struct{}
}

// ErrNoForks means that a program's processes can't be forked here.
var ErrNoForks = errors.New("processes can't be forked here")

// Forks returns the program with cheaper runs, or nil where there are none. Close must be
// called before the program's own.
func (p *Program) Forks() *Forks {
	if p.watched || len(p.command.Stdin) > 0 || p.Spoil != nil {
		return nil
	}
	return &Forks{Program: p, zygotes: map[int]*zygote{}}
}

// Close ends the zygotes.
func (f *Forks) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, z := range f.zygotes {
		errs = append(errs, z.close())
	}
	clear(f.zygotes)
	return errors.Join(errs...)
}

func (z *zygote) close() error {
	z.line.close()
	z.end()
	<-z.ended
	return z.box.Close()
}

// zygote returns a worker's.
func (f *Forks) zygote(ctx context.Context, worker int) (*zygote, error) {
	f.mu.Lock()
	z := f.zygotes[worker]
	f.mu.Unlock()
	if z != nil {
		return z, nil
	}
	c := f.command
	c.Limits = c.Limits.Filled(box.Defaults())
	c.Limits.CPU = 24 * time.Hour // of all runs; each is bounded by the time to its next operation
	c.Limits.Processes += 2       // the zygotes
	b, err := box.Open(ctx, box.Setup{
		Tier: c.Tier, Program: c.Program, ReadOnly: c.ReadOnly, Writable: c.Writable, Limits: c.Limits, Unwatched: true, Siblings: true,
	})
	if err != nil {
		return nil, err
	}
	if t := b.Tier(); t != box.TierA && t != box.TierB { // there is no namespace that ends all of them
		return nil, errors.Join(ErrNoForks, b.Close())
	}
	listener, theirs, err := newListener(trace.WatchFork, &c)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	z = &zygote{box: b, line: listener, ended: make(chan struct{})}
	ctx, z.end = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(z.ended)
		b.Run(ctx, c)
		theirs.Close()
	}()
	f.mu.Lock()
	f.zygotes[worker] = z
	f.mu.Unlock()
	return z, nil
}

// abandon ends a worker's zygote and all that it has forked.
func (f *Forks) abandon(worker int) {
	f.mu.Lock()
	z := f.zygotes[worker]
	delete(f.zygotes, worker)
	f.mu.Unlock()
	if z != nil {
		z.close()
	}
}

// Begin starts a run.
func (f *Forks) Begin(ctx context.Context, worker int) (model.Run, error) {
	z, err := f.zygote(ctx, worker)
	if err != nil {
		return nil, err
	}
	s, err := z.fork(ctx)
	if err != nil {
		f.abandon(worker)
		return nil, fmt.Errorf("cannot fork the program: %w", err)
	}
	return &run{session: s, program: f.Program, worker: worker, abandon: func() { f.abandon(worker) }, procs: map[string]*process{}, started: map[string]bool{"0": true}}, nil
}

// fork asks for a first process.
func (z *zygote) fork(ctx context.Context) (s *session, err error) {
	var c box.Command
	listener, theirs, err := newListener(trace.WatchAsk, &c)
	if err != nil {
		return nil, err
	}
	// A run is over when standard error closes, of which every process keeps a copy.
	s = &session{listener: listener, theirs: theirs, output: -1, alarm: -1, ended: make(chan struct{}), buf: make([]byte, 8<<10)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			s.cancel()
			s.close()
		}
	}()
	out, stdout, err := box.OutputPipe()
	if err != nil {
		return s, err
	}
	defer stdout.Close()
	s.output = out
	alarm, stderr, err := box.OutputPipe()
	if err != nil {
		return s, err
	}
	defer stderr.Close()
	s.alarm = alarm
	rights := unix.UnixRights(int(theirs.Fd()), int(stdout.Fd()), int(stderr.Fd()))
	return s, os.NewSyscallError("sendmsg", unix.Sendmsg(z.line.fd, []byte{0}, rights, nil, unix.MSG_NOSIGNAL))
}

// hear takes in what a fork's processes print on standard error, of which nothing is kept.
func (r *run) hear() {
	for {
		switch n, err := unix.Read(r.alarm, r.buf); {
		case err == unix.EINTR:
		case err != nil:
			return
		case n == 0:
			r.over.Store(true)
			return
		}
	}
}

// finishFork is Finish for a run of forks.
func (r *run) finishFork() (*box.Observation, error) {
	for limit := box.Allow(finishPatience); !r.hung && !r.over.Load(); {
		ready, err := poll([]unix.PollFd{{Fd: int32(r.alarm), Events: unix.POLLIN}}, limit.Left())
		if err != nil {
			return nil, err
		}
		if ready {
			r.hear()
		} else {
			r.hung = limit.Over(r.ctx)
		}
	}
	if r.hung {
		r.abandon()
	}
	seen := &box.Observation{Exit: box.Exit{Signal: int(unix.SIGKILL)}, Exceeded: r.hit}
	if p := r.procs["0"]; !r.hung && p != nil && p.state == gone && p.op.Kind == trace.Exit {
		if code, err := strconv.Atoi(p.op.Arg); err == nil {
			seen.Exit = box.Exit{Code: code}
		}
	}
	return seen, nil
}
