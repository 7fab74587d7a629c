package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/script"
)

// keys reads single keys from a terminal. Restore gives the terminal back as it was.
func (c *cli) keys() (keys <-chan byte, restore func()) {
	pressed := make(chan byte)
	restore = func() {}
	if f, ok := c.in.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		restore = single(int(f.Fd()))
	}
	go func() {
		defer close(pressed)
		var one [1]byte
		for {
			if _, err := c.in.Read(one[:]); err != nil {
				return
			}
			pressed <- one[0]
		}
	}()
	return pressed, restore
}

// single has a terminal hand over every key at once, without showing it. Ctrl-C and
// Ctrl-Z stay what they are.
func single(fd int) (restore func()) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return func() {}
	}
	after := *before
	after.Lflag &^= unix.ICANON | unix.ECHO
	after.Cc[unix.VMIN], after.Cc[unix.VTIME] = 1, 0
	set := func() { _ = unix.IoctlSetTermios(fd, setTermios, &after) }
	set()
	again := make(chan os.Signal, 1) // whoever comes back from Ctrl-Z finds the shell's settings
	signal.Notify(again, syscall.SIGCONT)
	go func() {
		for range again {
			set()
		}
	}()
	return func() {
		signal.Stop(again)
		close(again)
		_ = unix.IoctlSetTermios(fd, setTermios, before)
	}
}

// menu says what can be pressed.
func (s *session) menu() {
	fmt.Fprintln(s.out, "\nSave the file to run it again.")
	fmt.Fprintln(s.out, "h hint   s show   l list   r replay   R reset   n skip   q quit   Enter run again")
}

// above writes, with the line of a run in progress out of its way.
func (s *session) above(do func()) {
	if s.stop != nil {
		s.live.above(do)
		return
	}
	do()
}

// press does what a key is for.
func (s *session) press(ctx context.Context, key byte) (over bool, err error) {
	if answer := s.answer; answer != nil {
		s.answer = nil
		answer(key == 'y' || key == 'Y')
		return false, nil
	}
	switch key {
	case 'h':
		s.above(func() { err = s.hint(s.out, s.exercise) })
	case 's':
		s.above(func() { s.tell(s.exercise) })
	case 'l':
		s.above(func() { s.list(s.out, styleOf(s.out).ASCII) })
	case 'r':
		return false, s.replay(ctx)
	case 'R':
		return false, s.reset(ctx)
	case 'n':
		return s.skip(ctx)
	case '\r', '\n':
		s.clear()
		s.run(ctx, true)
	case 'q', 4: // Ctrl-D
		return true, nil
	default:
		s.above(s.menu)
	}
	return false, err
}

// skip puts the exercise off: it comes again when all others are done.
func (s *session) skip(ctx context.Context) (over bool, err error) {
	id := s.exercise.ID
	if err := s.change(func(p *progress.Progress) { p.Of(id).Skipped = true }); err != nil {
		return false, err
	}
	next, ok := s.next()
	if ok && next.ID == id {
		s.above(func() { fmt.Fprintf(s.out, "%s is the only one that is left\n", id) })
		return false, nil
	}
	return s.moveOn(ctx, id+" is put off; it comes again at the end.")
}

// replay runs the interleaving again that failed last.
func (s *session) replay(ctx context.Context) error {
	for _, v := range s.results.Checks {
		if v.Interleavings == nil || len(v.Interleavings.Failures) == 0 || s.results.Exercise != s.exercise.ID {
			continue
		}
		job, err := explored(s.exercise, v.Check, v.Interleavings.Seed)
		if err != nil {
			return err
		}
		schedule := v.Interleavings.Failures[0].Schedule
		s.clear()
		s.start(ctx, func(ctx context.Context, l *live) finished {
			return s.again(ctx, l, job, schedule)
		})
		return nil
	}
	s.above(func() {
		fmt.Fprintln(s.out, "there is no order of steps to replay: the last run found none that fails")
	})
	return nil
}

// again runs one schedule of the program as it is now.
func (s *session) again(ctx context.Context, l *live, job plan.Job, schedule string) finished {
	entries, err := read(s.course, &plan.Plan{Jobs: []plan.Job{job}})
	if err != nil {
		return finished{err: err}
	}
	p := s.pipeline()
	p.began = l.began
	p.request = func(r *script.Request) { r.Schedule = schedule }
	results, err := p.mark(ctx, entries)
	if err != nil {
		return finished{err: err}
	}
	return finished{entry: entries[0], result: results[0], replay: &replayed{s.exercise, job, schedule}}
}

// reset asks, and puts the files back to how they were handed out.
func (s *session) reset(ctx context.Context) error {
	r, err := s.newReset(ctx, s.exercise)
	switch {
	case err != nil:
		return s.failed(err)
	case len(r.changed()) == 0:
		s.above(func() { fmt.Fprintln(s.out, "nothing has changed: there is nothing to reset") })
		return nil
	}
	s.above(func() { fmt.Fprintf(s.out, "%s Press y to do it, any other key to keep it.\n", r.question()) })
	s.answer = func(yes bool) {
		if !yes {
			s.above(func() { fmt.Fprintln(s.out, "nothing was changed") })
			return
		}
		if err := r.do(); err != nil {
			_ = s.failed(err)
			return
		}
		s.above(func() { fmt.Fprintln(s.out, r.told()) })
	}
	return nil
}
