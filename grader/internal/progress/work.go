package progress

import (
	"cmp"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// Work is a student's own way through the course: its exercises in order, and what is
// remembered of them.
type Work struct {
	Exercises []*exercise.Exercise
	Progress  *Progress
	dir       string
}

// Open reads what a folder remembers. Nothing is written until something happens.
func Open(dir string, exercises []*exercise.Exercise) *Work {
	return &Work{Exercises: exercises, Progress: Load(dir), dir: dir}
}

// Change remembers something.
func (w *Work) Change(what func(*Progress)) error {
	if err := Update(w.dir, what); err != nil {
		return err
	}
	w.Progress = Load(w.dir)
	return nil
}

// Done reports whether the files as they are now have passed.
func (w *Work) Done(e *exercise.Exercise) bool {
	passed := w.Progress.Of(e.ID).Passed
	return passed != "" && passed == cache.Sum(Files(e))
}

// Unchecked reports whether nothing is wrong with the files as they are now, as far as this
// machine could tell: not everything could be checked, so that they have not passed.
func (w *Work) Unchecked(e *exercise.Exercise) bool {
	unchecked := w.Progress.Of(e.ID).Unchecked
	return unchecked != "" && unchecked == cache.Sum(Files(e))
}

// Files reads the files that a student edits, where they lie in the course. One
// that can't be read is missing.
func Files(e *exercise.Exercise) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range e.Edit {
		if text, err := os.ReadFile(filepath.Join(e.Dir, name)); err == nil {
			files[name] = text
		}
	}
	return files
}

// Next is the exercise to work at: the one that watch was last at, or else the
// first after it that has not passed. Those that were put off come late, and last
// those of which this machine can't tell more. There is none when everything passes.
func (w *Work) Next() (*exercise.Exercise, bool) {
	at := 0
	for i, e := range w.Exercises {
		if e.ID == w.Progress.Current {
			at = i
		}
	}
	var putOff, unchecked *exercise.Exercise
	for i := range w.Exercises {
		switch e := w.Exercises[(at+i)%len(w.Exercises)]; {
		case w.Done(e):
		case w.Unchecked(e):
			unchecked = cmp.Or(unchecked, e)
		case w.Progress.Of(e.ID).Skipped:
			putOff = cmp.Or(putOff, e)
		default:
			return e, true
		}
	}
	e := cmp.Or(putOff, unchecked)
	return e, e != nil
}

// Count is how many exercises have passed.
func (w *Work) Count() int {
	n := 0
	for _, e := range w.Exercises {
		if w.Done(e) {
			n++
		}
	}
	return n
}

// Finished reports whether there is a chapter of this title, and all its exercises have
// passed.
func (w *Work) Finished(chapter string) bool {
	for _, e := range w.Exercises {
		if e.Chapter().Title == chapter && !w.Done(e) {
			return false
		}
	}
	return chapter != ""
}

// Behind is the title of the chapter that ends before an exercise, where all of it has
// passed; otherwise empty.
func (w *Work) Behind(e *exercise.Exercise) string {
	at := slices.Index(w.Exercises, e)
	if at < 1 {
		return ""
	}
	before := w.Exercises[at-1].Chapter()
	if before == e.Chapter() || !w.Finished(before.Title) {
		return ""
	}
	return before.Title
}

// Remember keeps what a marking of own work found.
func (w *Work) Remember(t grading.Task, r judge.Result) error {
	remember := func(x *Exercise) {
		files := cache.Sum(t.Work.Files)
		x.Passed, x.Unchecked = "", ""
		switch r.Status {
		case judge.Pass:
			x.Passed, x.Skipped = files, false
		case judge.NotChecked:
			x.Unchecked, x.Skipped = files, false
		}
		x.fail(t.Job.Exercise, files, r.Checks)
	}
	x := *w.Progress.Of(r.Exercise)
	if remember(&x); reflect.DeepEqual(x, *w.Progress.Of(r.Exercise)) {
		return nil
	}
	return w.Change(func(p *Progress) { remember(p.Of(r.Exercise)) })
}
