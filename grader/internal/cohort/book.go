package cohort

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"lockstep/grader/internal/judge"
)

// Book is what is known of a class: who is in it, and the one result that counts
// for each exercise of each student. It does not depend on the order in which
// results are added, nor on how often.
type Book struct {
	Header Header
	lines  map[key]Line
}

type key struct{ student, exercise string }

// Fits reports whether a journal with the header may go on where the book ends.
func (b *Book) Fits(h Header) bool { return b.Header.Lockstep == "" || b.Header.fits(h) }

// Enrol adds students to the roster.
func (b *Book) Enrol(students []string) {
	b.Header.Roster = append(b.Header.Roster, students...)
	slices.Sort(b.Header.Roster)
	b.Header.Roster = slices.Compact(b.Header.Roster)
}

// Add notes a result. Of two for the same exercise of the same student that counts
// which the grader did not break on, then the later one, then, so that there is an
// order in any case, the one whose text is greater.
func (b *Book) Add(l Line) {
	if b.lines == nil {
		b.lines = map[key]Line{}
	}
	k := key{l.Student, l.Result.Exercise}
	if old, ok := b.lines[k]; !ok || counts(l, old) {
		b.lines[k] = l
	}
}

func counts(l, old Line) bool {
	if broke, oldBroke := l.Result.Status == judge.Error, old.Result.Status == judge.Error; broke != oldBroke {
		return oldBroke
	}
	if c := l.Graded.Compare(old.Graded); c != 0 {
		return c > 0
	}
	a, _ := json.Marshal(l)
	b, _ := json.Marshal(old)
	return bytes.Compare(a, b) > 0
}

// Result returns what counts for an exercise of a student.
func (b *Book) Result(student, exercise string) (Line, bool) {
	l, ok := b.lines[key{student, exercise}]
	return l, ok
}

// Done reports whether a student's exercise needs no more grading: the same files were
// graded, and the grader did not break on them.
func (b *Book) Done(student, exercise, digest string) bool {
	l, ok := b.Result(student, exercise)
	return ok && l.Digest == digest && l.Result.Status != judge.Error
}

// Lines are all results that count, by student and exercise.
func (b *Book) Lines() []Line {
	keys := slices.SortedFunc(maps.Keys(b.lines), func(x, y key) int {
		return cmp.Or(cmp.Compare(x.student, y.student), cmp.Compare(x.exercise, y.exercise))
	})
	lines := make([]Line, len(keys))
	for i, k := range keys {
		lines[i] = b.lines[k]
	}
	return lines
}

// Missing tells, for every student who lacks results, what is missing.
func (b *Book) Missing() []string {
	var missing []string
	for _, s := range b.Header.Roster {
		lacks, broke := 0, 0
		for _, e := range b.Header.Exercises {
			switch l, ok := b.Result(s, e.ID); {
			case !ok:
				lacks++
			case l.Result.Status == judge.Error:
				broke++
			}
		}
		all := len(b.Header.Exercises)
		if lacks > 0 {
			missing = append(missing, fmt.Sprintf("missing  %s: %d of %d exercises are not graded", s, lacks, all))
		}
		if broke > 0 {
			missing = append(missing, fmt.Sprintf("error    %s: the grader broke on %d of %d exercises", s, broke, all))
		}
	}
	return missing
}

// Student are a student's results in the course's order, and the points they make.
// Status is "missing" while a result is not there.
type Student struct {
	Name        string
	Version     string
	Status      string
	Points, Max int
	Results     []judge.Result
	ByExercise  map[string]judge.Result
	Seconds     float64
}

// Students sums up everybody on the roster.
func (b *Book) Students() []Student {
	var all []Student
	for _, name := range b.Header.Roster {
		all = append(all, b.student(name))
	}
	return all
}

func (b *Book) student(name string) Student {
	s := Student{Name: name, Status: string(judge.Pass), ByExercise: map[string]judge.Result{}}
	worst := 0
	for _, e := range b.Header.Exercises {
		l, ok := b.Result(name, e.ID)
		if !ok {
			s.Max += e.Max
			worst = max(worst, 3)
			continue
		}
		r := l.Result
		s.Results, s.ByExercise[e.ID] = append(s.Results, r), r
		s.Points, s.Max, s.Seconds = s.Points+r.Points, s.Max+r.Max, s.Seconds+r.Seconds
		if l.Version != "" {
			s.Version = l.Version
		}
		worst = max(worst, map[judge.Status]int{judge.Fail: 1, judge.Error: 2}[r.Status])
	}
	s.Status = []string{"pass", "fail", "error", "missing"}[worst]
	return s
}
