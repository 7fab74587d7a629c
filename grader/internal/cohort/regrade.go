package cohort

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

// ReadEarlier reads what was graded earlier: the folder of a class, or one student's JSON
// file of it.
func ReadEarlier(path string) (*Book, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read earlier results: %w", err)
	}
	if info.IsDir() {
		book, _, err := Read(path)
		if err == nil && len(book.Header.Roster) == 0 {
			err = fmt.Errorf("cannot read earlier results: %s holds no journal of grader class", path)
		}
		return book, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read earlier results: %w", err)
	}
	var one struct {
		Student string
		Version string
		Report  report.Report
	}
	if err := json.Unmarshal(text, &one); err != nil || one.Student == "" || len(one.Report.Exercises) == 0 {
		return nil, fmt.Errorf("cannot read earlier results: %s is no student's file of grader class, nor its folder", path)
	}
	b := &Book{single: true, Header: Header{Lockstep: JournalForm, Roster: []string{one.Student}}}
	for _, r := range one.Report.Exercises {
		b.Header.Exercises = append(b.Header.Exercises, Exercise{ID: r.Exercise, Title: r.Title, Max: r.Max + r.NotChecked})
		b.Add(Line{Student: one.Student, Version: one.Version, Result: r})
	}
	return b, nil
}

// Change is one way in which a student's results are not what they were.
type Change struct {
	Student, Exercise string // the exercise; empty: the grade as a whole
	Old, New          string // points of points; empty: there were none
	What              string // which checks, and how
	Why               string // as far as it is known
}

// Changes are what differs from an earlier book of the same class, by student; one read of
// a student's file speaks of that student alone. They are not nil.
func (b *Book) Changes(old *Book) []Change {
	all := []Change{}
	students := slices.Clone(old.Header.Roster)
	if !old.single {
		students = append(students, b.Header.Roster...)
	}
	slices.Sort(students)
	for _, student := range slices.Compact(students) {
		was, is := old.student(student), b.student(student)
		var own []Change
		for _, id := range b.exercises(old) {
			before, wasThere := old.Result(student, id)
			now, isThere := b.Result(student, id)
			if c := b.change(old, before, now, wasThere, isThere); c != nil {
				c.Student, c.Exercise = student, id
				own = append(own, *c)
			}
		}
		if x, y := old.shown(was), b.shown(is); x != y {
			c := Change{Student: student, Old: x, New: y}
			if was.Late != is.Late || was.Lost != is.Lost {
				c.What = fmt.Sprintf("late: %s, then %s", lateWords(was), lateWords(is))
			}
			if was.Attempt != is.Attempt {
				c.Why = fmt.Sprintf("attempt %s, then %s", cmp.Or(was.Attempt, "the only one"), cmp.Or(is.Attempt, "the only one"))
			}
			own = append([]Change{c}, own...)
		}
		all = append(all, own...)
	}
	return all
}

// exercises are those of two books, in the course's order.
func (b *Book) exercises(old *Book) []string {
	all := map[string]bool{}
	for _, e := range slices.Concat(b.Header.Exercises, old.Header.Exercises) {
		all[e.ID] = true
	}
	return slices.SortedFunc(maps.Keys(all), exercise.Order)
}

// shown is a student's grade in words.
func (b *Book) shown(s Student) string {
	possible := b.possible()
	if grade, ok := s.grade(possible); ok {
		return fmt.Sprintf("%s of %d", figure(grade), possible)
	}
	return s.Status
}

func lateWords(s Student) string {
	if s.Lost > 0 {
		return fmt.Sprintf("%s, less %s", s.Late, figure(s.Lost))
	}
	return cmp.Or(s.Late, "not asked")
}

// change is what differs of one exercise; nil: nothing that makes a grade.
func (b *Book) change(old *Book, before, now Line, wasThere, isThere bool) *Change {
	c := &Change{}
	switch {
	case !wasThere && !isThere:
		return nil
	case !wasThere:
		c.New, c.Why = points(now.Result), "it was not graded then"
		return c
	case !isThere:
		c.Old, c.Why = points(before.Result), "it is not graded now"
		return c
	}
	what := differences(before.Result, now.Result)
	if c.Old, c.New = points(before.Result), points(now.Result); c.Old == c.New && len(what) == 0 {
		return nil
	}
	c.What = strings.Join(what, "; ")
	var why []string
	switch {
	case before.Digest == "":
		why = append(why, "which files were graded then is not known")
	case before.Digest != now.Digest:
		why = append(why, "other files were graded")
	default:
		why = append(why, "the same files")
	}
	switch {
	case old.Header.Course == "":
	case old.Header.Course != b.Header.Course:
		why = append(why, fmt.Sprintf("the course changed (%s, then %s)", cmp.Or(old.Header.Version, "unknown"), cmp.Or(b.Header.Version, "unknown")))
	default:
		why = append(why, "the same course")
	}
	if before.Digest == now.Digest && old.Header.Course == b.Header.Course && before.Digest != "" {
		why = append(why, fmt.Sprintf("another run: seed %d in tier %s, then %d in %s", before.Result.Seed, cmp.Or(before.Result.Tier, "-"), now.Result.Seed, cmp.Or(now.Result.Tier, "-")))
	}
	c.Why = strings.Join(why, ", ")
	return c
}

func points(r judge.Result) string {
	if r.Status == judge.Error {
		return "error"
	}
	return fmt.Sprintf("%d of %d", r.Points, r.Max)
}

// differences are the checks of an exercise that have another outcome or worth.
func differences(before, now judge.Result) (what []string) {
	then := map[string]judge.Verdict{}
	for _, v := range before.Checks {
		then[v.Check] = v
	}
	for _, v := range now.Checks {
		o, ok := then[v.Check]
		delete(then, v.Check)
		switch {
		case !ok:
			what = append(what, fmt.Sprintf("%s: new, %s", v.Check, outcome(v)))
		case o.Status != v.Status || o.Points != v.Points || o.Max != v.Max:
			what = append(what, fmt.Sprintf("%s: %s, then %s", v.Check, outcome(o), outcome(v)))
		}
	}
	for _, v := range before.Checks {
		if _, gone := then[v.Check]; gone {
			what = append(what, fmt.Sprintf("%s: %s, then not asked", v.Check, outcome(v)))
		}
	}
	return what
}

// outcome is a verdict in words, with the reason where there is one.
func outcome(v judge.Verdict) string {
	text := string(v.Status)
	if score := v.Score(); score != "" {
		text += " " + score
	}
	if v.Status != judge.Pass && v.Message != "" {
		text += " (" + report.Escape(v.Message, 120) + ")"
	}
	return text
}
