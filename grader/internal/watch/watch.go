// Package watch goes with a student through the course. In go a terminal and the
// student's work; the exercise at hand is marked whenever one of its files is saved, and
// the next one begins when it passes.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/terminal"
)

// mostTimes is of how many runs the time is shown.
const mostTimes = 3

// quiet is how long nothing may be saved before a run begins: editors write a file
// in several steps, and people save several files at once.
const quiet = 80 * time.Millisecond

// Options are where and how a session goes on.
type Options struct {
	Course, State string // folders
	Tier          box.Tier
	Grade         grading.Grader // marks work that may be as it was
	In            io.Reader
	Out           io.Writer
}

// Run begins with an exercise, and ends when the student leaves, when the last one
// passes or when the context ends.
func Run(ctx context.Context, w *progress.Work, e *exercise.Exercise, o Options) error {
	s := &session{Options: o, Work: w, screen: terminal.Is(o.Out), runs: make(chan finished, 1), saves: newSaves()}
	defer s.saves.close()
	keys, restore := terminal.Keys(o.In)
	defer restore()
	s.begin(ctx, e, "")
	err := s.loop(ctx, keys)
	s.cancel()
	return err
}

// session is one call of watch. All of it but the runs themselves happens in one
// goroutine.
type session struct {
	Options
	*progress.Work
	screen   bool // the output is a terminal that can be cleared
	saves    *saves
	exercise *exercise.Exercise

	sum     string           // of the files that are run, or were last
	stop    func()           // ends the run in progress; nil: there is none
	ended   chan struct{}    // closed when it has ended
	status  *terminal.Status // shows the run in progress
	number  int              // of the run in progress, or the last
	runs    chan finished
	settle  *time.Timer // goes off when a run shall begin; nil: no file was saved
	answer  func(yes bool)
	first   bool            // the exercise has just been shown
	results judge.Result    // of the last run
	took    []time.Duration // by the exercise's last runs, up to mostTimes
}

// finished is what came of a run.
type finished struct {
	number int
	took   time.Duration
	task   grading.Task
	result judge.Result
	err    error
	replay *replay.Asked // what was replayed; nil: the exercise was marked
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
	if err := s.Change(func(p *progress.Progress) { p.Current = e.ID }); err != nil {
		before = strings.TrimSpace(before + "\n" + err.Error())
	}
	if err := s.saves.follow(e); err != nil {
		before = strings.TrimSpace(before + "\n" + err.Error())
	}
	s.first, s.took = true, nil
	s.clear()
	if before != "" {
		fmt.Fprintf(s.words(), "%s\n\n", before)
	}
	progress.Describe(s.words(), e)
	fmt.Fprintln(s.words())
	s.run(ctx, false)
}

// saved looks whether the files have changed. If so, a run in progress is of no use
// any more and ends at once; the next waits until no more is saved.
func (s *session) saved() {
	sum := cache.Sum(progress.Files(s.exercise))
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

// run marks the exercise; fresh: also what has not changed.
func (s *session) run(ctx context.Context, fresh bool) {
	grade := s.Grade
	if fresh {
		grade = grading.Grade
	}
	s.start(ctx, func(ctx context.Context, o grading.Options) finished {
		tasks, err := grading.Read(s.Course, plan.New(s.exercise, grading.Seed(0)))
		if err != nil {
			return finished{err: err}
		}
		results, err := grade(ctx, s.Course, tasks, o)
		return finished{task: tasks[0], result: results[0], err: err}
	})
}

// start does something that takes its time beside the loop.
func (s *session) start(ctx context.Context, do func(context.Context, grading.Options) finished) {
	s.cancel()
	s.number++
	s.sum = cache.Sum(progress.Files(s.exercise))
	ctx, s.stop = context.WithCancel(ctx)
	s.ended = make(chan struct{})
	s.status = terminal.NewStatus(s.Out, []string{s.exercise.ID})
	number, status, ended := s.number, s.status, s.ended
	o := grading.Options{Tier: s.Tier, Jobs: runtime.NumCPU(), Began: status.Began}
	go func() {
		defer close(ended)
		begin := time.Now()
		f := do(ctx, o)
		f.took = time.Since(begin)
		status.Close()
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
		if _, err := f.replay.Write(s.Out, f.result); err != nil {
			return false, err
		}
		s.menu()
		return false, nil
	}
	s.results = f.result
	if !f.result.Unchanged() {
		s.took = append(s.took[max(0, len(s.took)+1-mostTimes):], f.took)
	}
	if err := s.Remember(f.task, f.result); err != nil {
		return false, err
	}
	if f.result.Status == judge.Pass {
		return s.moveOn(ctx, s.passed(f.result))
	}
	if !s.first {
		s.clear()
	}
	s.first = false
	out := report.NewTerminal(s.Out, terminal.Style(s.Out))
	out.Exercise(s.Hinted(f.task, f.result))
	if err := out.Flush(); err != nil {
		return false, err
	}
	if f.result.Status == judge.NotChecked {
		fmt.Fprintf(s.words(), "Nothing wrong is seen, but %d points could not be checked on this machine: that is no pass.\n", f.result.NotChecked)
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
	fmt.Fprintf(s.words(), "%v\n", err)
	s.menu()
	return nil
}

// passed says so in a few words.
func (s *session) passed(r judge.Result) string {
	said := fmt.Sprintf("%s passes: %d of %d points. %d of %d exercises are done.", r.Exercise, r.Points, r.Max, s.Count(), len(s.Exercises))
	if s.Finished(r.Chapter) {
		said += fmt.Sprintf(" The chapter %q is done.", r.Chapter)
	}
	return said
}

// moveOn turns to the next exercise, or ends when there is none.
func (s *session) moveOn(ctx context.Context, before string) (over bool, err error) {
	e, ok := s.Next()
	if !ok {
		s.clear()
		fmt.Fprintf(s.words(), "%s\nThat was the last one.\n", before)
		return true, nil
	}
	s.begin(ctx, e, before)
	return false, nil
}

// clear makes room on a terminal; what was there can still be scrolled to.
func (s *session) clear() {
	if s.screen {
		fmt.Fprint(s.Out, "\x1b[H\x1b[2J")
	}
}

// saves tells that something happened in an exercise's folders. What it was has to
// be looked for: editors write in place, or write another file and rename it.
type saves struct {
	watcher *fsnotify.Watcher // nil where this machine tells nothing
}

func newSaves() *saves {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return &saves{}
	}
	return &saves{w}
}

// follow turns to the folders of an exercise's files. Whoever watches may go on
// without: looking now and then does as well, only later.
func (s *saves) follow(e *exercise.Exercise) error {
	if s.watcher == nil {
		return nil
	}
	for _, old := range s.watcher.WatchList() {
		_ = s.watcher.Remove(old) // it may be gone
	}
	for _, name := range e.Edit {
		if err := s.watcher.Add(filepath.Dir(filepath.Join(e.Dir, name))); err != nil {
			return fmt.Errorf("cannot watch %s: %w", submission.Shown(e.Dir), err)
		}
	}
	return nil
}

// happened gives an event for each change.
func (s *saves) happened() <-chan fsnotify.Event {
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Events
}

func (s *saves) close() {
	if s.watcher != nil {
		s.watcher.Close()
	}
}
