package cohort

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/judge"
)

// Book is what is known of a class: who is in it, and the one result that counts
// for each exercise of each student. It does not depend on the order in which
// results are added, nor on how often.
type Book struct {
	Header Header
	lines  map[key]Line
	people map[string]Person // of the header, by name
	single bool              // read of one student's file: it says nothing of others
}

type key struct {
	student, exercise string
	attempt           int
}

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
	k := key{l.Student, l.Result.Exercise, l.Attempt}
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
	l, ok := b.lines[key{student, exercise, b.counting(student)}]
	return l, ok
}

// Done reports whether an exercise of a submission needs no more grading: the same files,
// of which the same is known, were graded, and the grader did not break on them.
func (b *Book) Done(about Line, exercise string) bool {
	l, ok := b.lines[key{about.Student, exercise, about.Attempt}]
	about.Graded, about.Result = l.Graded, l.Result
	return ok && l.Result.Status != judge.Error && reflect.DeepEqual(l, about)
}

// Lines are all results that count, by student and exercise.
func (b *Book) Lines() []Line {
	keys := slices.SortedFunc(maps.Keys(b.lines), func(x, y key) int {
		return cmp.Or(cmp.Compare(x.student, y.student), cmp.Compare(x.exercise, y.exercise), cmp.Compare(x.attempt, y.attempt))
	})
	lines := make([]Line, len(keys))
	for i, k := range keys {
		lines[i] = b.lines[k]
	}
	return lines
}

// Missing tells of every student of whom nothing was found what is there instead, and
// then, for every one who lacks results, what is missing.
func (b *Book) Missing() []string {
	missing := b.remarks("nothing found", true)
	for _, s := range b.Header.Roster {
		lacks, broke := b.unsettled(s)
		t := b.tries(s)
		all := len(b.Header.Exercises) * (1 + t.Last - t.First)
		if lacks > 0 {
			missing = append(missing, fmt.Sprintf("missing  %s: %d of %d exercises are not graded", s, lacks, all))
		}
		if broke > 0 {
			missing = append(missing, fmt.Sprintf("error    %s: the grader broke on %d of %d exercises", s, broke, all))
		}
	}
	return missing
}

// Odd tells what a person should know of how submissions were read.
func (b *Book) Odd() []string {
	odd := b.remarks("note", false)
	if b.Header.Rules.Late != nil {
		odd = append(odd, b.lateRemarks()...)
	}
	return odd
}

// remarks are what lines say of students, one of each.
func (b *Book) remarks(label string, nothing bool) []string {
	var all []string
	for _, s := range b.Header.Roster {
		for _, e := range b.Header.Exercises {
			if l, ok := b.Result(s, e.ID); ok && l.Odd != "" && l.Nothing == nothing {
				all = append(all, fmt.Sprintf("%-8s %s: %s", label, s, l.Odd))
				break
			}
		}
	}
	return all
}

// Student are a student's results in the course's order, and the points they make.
// Status is "missing" while a result is not there, and "nothing found" where nothing was
// handed in that is an exercise's.
type Student struct {
	Name        string
	Version     string
	Status      string
	Points, Max int
	NotChecked  int       // points beside Max that nobody could decide on
	Time        time.Time // when it was handed in; zero: not known
	SaidLate    bool      // by the learning platform
	Late        string    // how late it was, in words; empty: nobody asked
	DaysLate    int       // as far as that is known
	Lost        float64   // points by that
	Attempt     string    // of several; else empty
	Nothing     bool      // nothing was found
	Number      string    // the learning platform's; may be empty
	Tier        box.Tier  // the weakest that a run was confined by; empty: nothing was run
	Results     []judge.Result
	ByExercise  map[string]judge.Result
	Seconds     float64
}

// grade is the points in a gradebook, where all work is worth the same: what could not
// be checked costs nothing, so that it is the share of what could be. Ok is false where
// that is not known.
func (s Student) grade(possible int) (grade float64, ok bool) {
	if s.Status == string(judge.Error) || s.Status == "missing" || s.Max == 0 {
		return 0, false
	}
	return max(0, float64(s.Points)*float64(possible)/float64(s.Max)-s.Lost), true
}

// possible are the points that all exercises have.
func (b *Book) possible() (points int) {
	for _, e := range b.Header.Exercises {
		points += e.Max
	}
	return points
}

// Students sums up everybody on the roster.
func (b *Book) Students() []Student {
	var all []Student
	for _, name := range b.Header.Roster {
		all = append(all, b.student(name))
	}
	return all
}

// student is the attempt of a student that counts. It is not settled while one is not
// that could.
func (b *Book) student(name string) Student {
	s := b.sum(name, b.counting(name))
	s.Attempt = b.attempt(name)
	if lacks, broke := b.unsettled(name); lacks > 0 {
		s.Status = "missing"
	} else if broke > 0 {
		s.Status = string(judge.Error)
	}
	return s
}

func (b *Book) sum(name string, attempt int) Student {
	s := Student{Name: name, Status: string(judge.Pass), ByExercise: map[string]judge.Result{}}
	worst := 0
	for _, e := range b.Header.Exercises {
		l, ok := b.lines[key{name, e.ID, attempt}]
		if !ok {
			s.Max += e.Max
			worst = max(worst, 4)
			continue
		}
		r := l.Result
		s.Results, s.ByExercise[e.ID] = append(s.Results, r), r
		s.Points, s.Max, s.Seconds = s.Points+r.Points, s.Max+r.Max, s.Seconds+r.Seconds
		s.NotChecked += r.NotChecked
		s.Tier = max(s.Tier, r.Tier)
		s.Version, s.Time, s.Number, s.SaidLate = cmp.Or(s.Version, l.Version), later(s.Time, l.Time), cmp.Or(s.Number, l.Number), s.SaidLate || l.Late
		s.Nothing = s.Nothing || l.Nothing
		worst = max(worst, map[judge.Status]int{judge.Fail: 1, judge.Error: 3}[r.Status])
		if l.Nothing {
			worst = max(worst, 2)
		}
	}
	p := b.person(name)
	if attempt != b.tries(name).Last {
		p.HandedIn = time.Time{} // that was the last attempt
	}
	b.late(&s, p)
	s.Status = []string{"pass", "fail", "nothing found", "error", "missing"}[worst]
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
