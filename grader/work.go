package main

import (
	"os"
	"path/filepath"

	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/progress"
)

// work is a student's own way through the course: its exercises in order, and what
// is remembered of them in the folder .lockstep.
type work struct {
	dir       string
	exercises []*exercise.Exercise
	progress  *progress.Progress
}

// openWork reads what is remembered. Nothing is written until something happens.
func (c *cli) openWork() (*work, error) {
	exercises, err := c.load(nil)
	if err != nil {
		return nil, err
	}
	w := &work{dir: c.state(), exercises: exercises}
	w.progress = progress.Load(w.dir)
	return w, nil
}

// state is the folder in which a course's progress is remembered.
func (c *cli) state() string {
	if dir := os.Getenv("LOCKSTEP_STATE"); dir != "" {
		return dir
	}
	return filepath.Join(c.course, ".lockstep")
}

// change remembers something.
func (w *work) change(what func(*progress.Progress)) error {
	if err := progress.Update(w.dir, what); err != nil {
		return err
	}
	w.progress = progress.Load(w.dir)
	return nil
}

// done says whether the files as they are now have passed.
func (w *work) done(e *exercise.Exercise) bool {
	passed := w.progress.Of(e.ID).Passed
	return passed != "" && passed == cache.Sum(filesOf(e))
}

// filesOf reads the files that a student edits, where they lie in the course. One
// that can't be read is missing.
func filesOf(e *exercise.Exercise) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range e.Edit {
		if text, err := os.ReadFile(filepath.Join(e.Dir, name)); err == nil {
			files[name] = text
		}
	}
	return files
}

// next is the exercise to work at: the one that watch was last at, or else the
// first after it that has not passed. Those that were put off come last. There is
// none when everything passes.
func (w *work) next() (*exercise.Exercise, bool) {
	at := 0
	for i, e := range w.exercises {
		if e.ID == w.progress.Current {
			at = i
		}
	}
	for _, putOff := range []bool{false, true} {
		for i := range w.exercises {
			e := w.exercises[(at+i)%len(w.exercises)]
			if w.progress.Of(e.ID).Skipped == putOff && !w.done(e) {
				return e, true
			}
		}
	}
	return nil, false
}

// count is how many exercises have passed.
func (w *work) count() int {
	n := 0
	for _, e := range w.exercises {
		if w.done(e) {
			n++
		}
	}
	return n
}

// remember keeps what a marking of own work found.
func (w *work) remember(e *entry, r judge.Result) error {
	passed := ""
	if r.Status == judge.Pass || r.Status == judge.NotChecked {
		passed = cache.Sum(e.work.Files)
	}
	if w.progress.Of(r.Exercise).Passed == passed {
		return nil
	}
	return w.change(func(p *progress.Progress) {
		x := p.Of(r.Exercise)
		x.Passed = passed
		x.Skipped = x.Skipped && passed == ""
	})
}
