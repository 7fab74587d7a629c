package watch

import (
	"context"
	"fmt"
	"io"

	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/terminal"
)

// words is where sentences go.
func (s *session) words() io.Writer { return terminal.Folded(s.Out) }

// ladder shows how many hints there are, and which were given.
func (s *session) ladder() {
	if rungs := s.Rungs(s.exercise); rungs != "" {
		fmt.Fprintf(s.words(), "hints      %s\n", rungs)
	}
}

// menu says where the student is, and what can be pressed.
func (s *session) menu() {
	fmt.Fprintln(s.words())
	s.ladder()
	if len(s.took) > 0 {
		line := "last runs"
		for _, took := range s.took {
			line += fmt.Sprintf("  %.1f s", took.Seconds())
		}
		fmt.Fprintln(s.words(), line)
	}
	fmt.Fprintln(s.words(), "\nSave the file to run it again.")
	fmt.Fprintln(s.words(), "h hint  s show  l list  r replay  R reset  n skip  q quit  Enter run again")
}

// above writes, with the line of a run in progress out of its way.
func (s *session) above(do func()) {
	if s.stop != nil {
		s.status.Above(do)
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
		s.above(func() {
			if err = s.Hint(s.words(), s.exercise); err == nil {
				s.ladder()
			}
		})
	case 's':
		s.above(func() { progress.Describe(s.words(), s.exercise) })
	case 'l':
		s.above(func() { s.List(s.words(), terminal.Style(s.Out).ASCII) })
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
	if err := s.Change(func(p *progress.Progress) { p.Of(id).Skipped = true }); err != nil {
		return false, err
	}
	next, ok := s.Next()
	if ok && next.ID == id {
		s.above(func() { fmt.Fprintf(s.words(), "%s is the only one that is left\n", id) })
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
		check, seed, schedule := v.Check, v.Interleavings.Seed, v.Interleavings.Failures[0].Schedule
		s.clear()
		s.start(ctx, func(ctx context.Context, o grading.Options) finished {
			// The program as it is now.
			asked, err := replay.Read(s.Course, s.exercise, check, schedule, seed)
			if err != nil {
				return finished{err: err}
			}
			results, err := grading.Grade(ctx, s.Course, []grading.Task{asked.Task}, asked.Options(o, nil))
			return finished{task: asked.Task, result: results[0], err: err, replay: &asked}
		})
		return nil
	}
	s.above(func() {
		fmt.Fprintln(s.words(), "there is no order of steps to replay: the last run found none that fails")
	})
	return nil
}

// reset asks, and puts the files back to how they were handed out.
func (s *session) reset(ctx context.Context) error {
	r, err := progress.NewReset(ctx, s.Course, s.State, s.exercise)
	switch {
	case err != nil:
		return s.failed(err)
	case len(r.Changed()) == 0:
		s.above(func() { fmt.Fprintln(s.words(), "nothing has changed: there is nothing to reset") })
		return nil
	}
	s.above(func() { fmt.Fprintf(s.words(), "%s Press y to do it, any other key to keep it.\n", r.Question()) })
	s.answer = func(yes bool) {
		if !yes {
			s.above(func() { fmt.Fprintln(s.words(), "nothing was changed") })
			return
		}
		if err := r.Do(); err != nil {
			_ = s.failed(err)
			return
		}
		s.above(func() { fmt.Fprintln(s.words(), r.Told()) })
	}
	return nil
}
