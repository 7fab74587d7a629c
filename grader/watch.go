package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/report"
)

const watchExamples = `  grader watch     go through the course, from the exercise that you were at
  grader watch 10  … from exercise 10
`

// quiet is how long nothing may be saved before a run begins: editors write a file
// in several steps, and people save several files at once.
const quiet = 80 * time.Millisecond

// runWatch marks the current exercise whenever one of its files is saved, and moves
// on when it passes.
func runWatch(ctx context.Context, c *cli) error {
	args, err := c.parse(watchExamples)
	if err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	e, left := w.next()
	if len(args) > 0 {
		if e, err = c.one(args); err != nil {
			return err
		}
	} else if !left {
		fmt.Fprintf(c.out, "all %d exercises are done; to work at one again: make watch EX=10\n", len(w.exercises))
		return nil
	}
	s := &session{cli: c, work: w, screen: isTerminal(c.out), runs: make(chan finished, 1)}
	if s.tier, err = tierOf(ctx); err != nil {
		return err
	}
	s.saves = newSaves()
	defer s.saves.close()
	keys, restore := c.keys()
	defer restore()
	s.begin(ctx, e, "")
	err = s.loop(ctx, keys)
	s.cancel()
	return err
}

// session is one call of watch. All of it but the runs themselves happens in one
// goroutine.
type session struct {
	*cli
	*work
	screen   bool // the output is a terminal that can be cleared
	tier     box.Tier
	saves    *saves
	exercise *exercise.Exercise

	sum     string        // of the files that are run, or were last
	stop    func()        // ends the run in progress; nil: there is none
	ended   chan struct{} // closed when it has ended
	live    *live         // shows the run in progress
	number  int           // of the run in progress, or the last
	runs    chan finished
	settle  *time.Timer // goes off when a run shall begin; nil: no file was saved
	answer  func(yes bool)
	first   bool         // the exercise has just been shown
	results judge.Result // of the last run
}

// finished is what came of a run.
type finished struct {
	number int
	entry  *entry
	result judge.Result
	err    error
	replay *replayed // what was replayed; nil: the exercise was marked
}

func (s *session) loop(ctx context.Context, keys <-chan byte) error {
	look := time.NewTicker(time.Second) // some file systems tell of no change: those of Windows, seen from WSL
	defer look.Stop()
	for {
		var settled <-chan time.Time
		if s.settle != nil {
			settled = s.settle.C
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.saves.happened():
			s.saved()
		case <-look.C:
			s.saved()
		case <-settled:
			s.settle = nil
			s.run(ctx, false)
		case f := <-s.runs:
			if f.number != s.number {
				continue // it was cancelled
			}
			if over, err := s.finish(ctx, f); over || err != nil {
				return err
			}
		case key, open := <-keys:
			if !open {
				keys = nil // nobody types
				continue
			}
			if over, err := s.press(ctx, key); over || err != nil {
				return err
			}
		}
	}
}

// begin turns to an exercise. Before is what happened to the last one.
func (s *session) begin(ctx context.Context, e *exercise.Exercise, before string) {
	s.cancel()
	s.exercise = e
	if err := s.change(func(p *progress.Progress) { p.Current = e.ID }); err != nil {
		before = strings.TrimSpace(before + "\n" + err.Error())
	}
	if err := s.saves.follow(e); err != nil {
		before = strings.TrimSpace(before + "\n" + err.Error())
	}
	s.first = true
	s.clear()
	if before != "" {
		fmt.Fprintf(s.out, "%s\n\n", before)
	}
	s.tell(e)
	fmt.Fprintln(s.out)
	s.run(ctx, false)
}

// saved looks whether the files have changed. If so, a run in progress is of no use
// any more and ends at once; the next waits until no more is saved.
func (s *session) saved() {
	sum := cache.Sum(filesOf(s.exercise))
	if sum == s.sum {
		return
	}
	s.sum = sum
	s.cancel()
	if s.settle == nil {
		s.settle = time.NewTimer(quiet)
	} else {
		s.settle.Reset(quiet)
	}
}

// cancel ends the run in progress, with all its processes.
func (s *session) cancel() {
	if s.stop == nil {
		return
	}
	s.stop()
	<-s.ended
	s.stop = nil
	s.number++ // what it still says is of the past
	select {
	case <-s.runs:
	default:
	}
}

// run marks the exercise, or runs again the interleaving that failed.
func (s *session) run(ctx context.Context, fresh bool) {
	s.start(ctx, func(ctx context.Context, l *live) finished {
		p := s.pipeline()
		entries, err := read(s.course, plan.New([]*exercise.Exercise{s.exercise}, p.seed))
		if err != nil {
			return finished{err: err}
		}
		p.began = l.began
		if !fresh {
			p.memory, _ = openMemory(ctx, p)
		}
		results, err := p.mark(ctx, entries)
		if err != nil {
			return finished{err: err}
		}
		return finished{entry: entries[0], result: results[0]}
	})
}

func (s *session) pipeline() *pipeline {
	return &pipeline{course: s.course, seed: seedOr(0), jobs: runtime.NumCPU(), tier: s.tier}
}

// start does something that takes its time beside the loop.
func (s *session) start(ctx context.Context, do func(context.Context, *live) finished) {
	s.cancel()
	s.number++
	s.sum = cache.Sum(filesOf(s.exercise))
	ctx, s.stop = context.WithCancel(ctx)
	s.ended = make(chan struct{})
	s.live = newLive(s.out, []string{s.exercise.ID})
	number, l, ended := s.number, s.live, s.ended
	go func() {
		defer close(ended)
		f := do(ctx, l)
		l.close()
		f.number = number
		s.runs <- f
	}()
}

// finish shows what came of a run, and moves on when the exercise passes.
func (s *session) finish(ctx context.Context, f finished) (over bool, err error) {
	s.stop()
	s.stop = nil
	if f.err != nil {
		return false, s.failed(f.err)
	}
	if f.replay != nil {
		if err := s.show(f.result, *f.replay); err != nil && !errors.Is(err, errFailed) {
			return false, err
		}
		s.menu()
		return false, nil
	}
	s.results = f.result
	if err := s.remember(f.entry, f.result); err != nil {
		return false, err
	}
	if f.result.Status == judge.Pass || f.result.Status == judge.NotChecked {
		return s.moveOn(ctx, s.passed(f.result))
	}
	if !s.first {
		s.clear()
	}
	s.first = false
	out := report.NewTerminal(s.out, styleOf(s.out))
	out.Exercise(f.result)
	if err := out.Flush(); err != nil {
		return false, err
	}
	s.menu()
	return false, nil
}

// failed shows what went wrong with the grader or the course; the next save may
// be of help.
func (s *session) failed(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	fmt.Fprintf(s.out, "%v\n", err)
	s.menu()
	return nil
}

// passed says so in a few words.
func (s *session) passed(r judge.Result) string {
	text := fmt.Sprintf("%s passes: %d of %d points. %d of %d exercises are done.", r.Exercise, r.Points, r.Max, s.count(), len(s.exercises))
	if r.NotChecked > 0 {
		text += fmt.Sprintf("\n%d more points could not be checked on this machine.", r.NotChecked)
	}
	return text
}

// moveOn turns to the next exercise, or ends when there is none.
func (s *session) moveOn(ctx context.Context, before string) (over bool, err error) {
	e, ok := s.next()
	if !ok {
		s.clear()
		fmt.Fprintf(s.out, "%s\nThat was the last one.\n", before)
		return true, nil
	}
	s.begin(ctx, e, before)
	return false, nil
}

// clear makes room on a terminal; what was there can still be scrolled to.
func (s *session) clear() {
	if s.screen {
		fmt.Fprint(s.out, "\x1b[H\x1b[2J")
	}
}
