package progress

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// This file keeps how far a student has climbed the ladders of an exercise's hints: each
// failed attempt, that is, each time with other files, gives the next one that was not
// given yet, and so does asking for one.

// ladderOf are the hints about what a verdict says.
func ladderOf(e *exercise.Exercise, v *judge.Verdict) []int {
	c, ok := e.Check(v.Check)
	if !ok || v.Status != judge.Fail {
		return nil
	}
	return c.Ladder(v.Outcome)
}

// at is the hint of a ladder that is read with some files; 0: none was given yet. A rung
// above one that was not given was reached on another fault's ladder.
func (x *Exercise) at(ladder []int, files string) (last int) {
	for _, n := range ladder {
		given, ok := x.Given[n]
		if !ok {
			break
		}
		if given == files {
			last = n
		}
	}
	return last
}

// climb gives the next hint of a ladder, or the last one again.
func (x *Exercise) climb(ladder []int, files string) int {
	next := ladder[len(ladder)-1]
	for _, n := range ladder {
		if _, given := x.Given[n]; !given {
			next = n
			break
		}
	}
	x.Given = maps.Clone(x.Given)
	if x.Given == nil {
		x.Given = map[int]string{}
	}
	x.Given[next] = files
	return next
}

// fail takes in what a marking found: which hints are about it, that those that the
// report shows are given, and which interleaving it shows first.
func (x *Exercise) fail(e *exercise.Exercise, files string, checks []judge.Verdict) {
	x.Failed, x.Ladder = "", nil
	shown := false
	for i := range checks {
		v := &checks[i]
		if v.Status != judge.Fail {
			continue
		}
		if f := v.Shown(); f != nil && !shown {
			x.Shown, shown = &Shown{v.Check, f.Schedule, v.Interleavings.Seed}, true
		}
		ladder := ladderOf(e, v)
		if x.Failed == "" || len(x.Ladder) == 0 && len(ladder) > 0 {
			x.Failed, x.Ladder = v.Check, ladder
		}
		if len(ladder) > 0 && x.at(ladder, files) == 0 {
			x.climb(ladder, files)
		}
	}
}

// Hinted is a result with the hints that a student has come to, once it is remembered.
// Without that, each stays the first that is about what failed.
func (w *Work) Hinted(t grading.Task, r judge.Result) judge.Result {
	e := t.Job.Exercise
	x, files := w.Progress.Of(e.ID), cache.Sum(t.Work.Files)
	r.Checks = slices.Clone(r.Checks)
	for i := range r.Checks {
		v := &r.Checks[i]
		if n := x.at(ladderOf(e, v), files); n > 0 && v.Told != exercise.None {
			v.Hint = e.HintText(n)
		}
	}
	return r
}

// rungs are the numbers of the hints about what failed last, or of all where nothing has;
// there may be none.
func (x *Exercise) rungs(e *exercise.Exercise) []int {
	switch {
	case x.Failed == "":
		return e.AllHints()
	case len(x.Ladder) > 0 && slices.Max(x.Ladder) > len(e.Hints): // the course has changed
		return nil
	}
	return x.Ladder
}

// Rungs says which hints there are about what failed last, and which of them were given:
// "[x] 1  [ ] 2". Empty: there are none.
func (w *Work) Rungs(e *exercise.Exercise) string {
	x := w.Progress.Of(e.ID)
	var all []string
	for _, n := range x.rungs(e) {
		mark := "[ ]"
		if _, given := x.Given[n]; given {
			mark = "[x]"
		}
		all = append(all, fmt.Sprintf("%s %d", mark, n))
	}
	return strings.Join(all, "  ")
}

// Hint writes the next hint about what failed last, and remembers that it was given.
func (w *Work) Hint(out io.Writer, e *exercise.Exercise) error {
	x := *w.Progress.Of(e.ID)
	ladder := x.rungs(e)
	switch {
	case len(e.Hints) == 0:
		fmt.Fprintf(out, "%s has no hints\n", e.ID)
		return nil
	case len(ladder) == 0:
		failed := x.Failed
		if c, ok := e.Check(failed); ok {
			failed = c.Called()
		}
		fmt.Fprintf(out, "%s: no hint is about what failed last (%s); what make grade said of it leads on. A hint all the same: make hint N=1%s\n", e.ID, failed, e.CourseTyped())
		return nil
	}
	n := x.climb(ladder, cache.Sum(Files(e)))
	WriteHint(out, e, n)
	if _, again := w.Progress.Of(e.ID).Given[n]; again {
		fmt.Fprintf(out, "there are no more; an earlier one again: make hint N=1%s\n", e.CourseTyped())
		return nil
	}
	// A hint that can't be counted is given all the same.
	if err := w.Change(func(p *Progress) { p.Of(e.ID).Given = x.Given }); err != nil {
		fmt.Fprintf(out, "(%v)\n", err)
	}
	return nil
}

// WriteHint writes a hint by its number, from 1.
func WriteHint(out io.Writer, e *exercise.Exercise, n int) {
	fmt.Fprintf(out, "%s, hint %d of %d: %s\n", e.ID, n, len(e.Hints), e.HintText(n))
}
