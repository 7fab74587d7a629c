package cohort

import (
	"fmt"
	"path/filepath"
	"strings"

	"lockstep/grader/internal/judge"
)

// pickAttempts returns what counts of several submissions of one student, in the order in
// which their folders were named: the last, or all, of which the best will count.
func pickAttempts(student string, mine []Submission, which string) ([]Submission, error) {
	if len(mine) < 2 {
		return mine, nil
	}
	var names []string
	for i := range mine {
		names = append(names, mine[i].named())
		mine[i].Attempt = i + 1
	}
	switch which {
	case Best:
		return mine, nil
	case Last:
		if end := len(mine) - 1; mine[end].from != mine[end-1].from {
			return mine[end:], nil
		}
	}
	return nil, fmt.Errorf("%s has several submissions: %s; name the one that counts in the roster's column submission, or put attempts into a folder each, name these in their order and say --attempt last or best", student, strings.Join(names, ", "))
}

// named is what a submission is called beside others of its student's: with the folder
// that it lies in.
func (s Submission) named() string {
	dir := filepath.Dir(s.Path)
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir) + "/" + filepath.Base(s.Path)
}

// alone gives submissions to students without a roster: by their names.
func alone(found []Submission, which string) (all []Submission, err error) {
	for len(found) > 0 {
		n := 1
		for n < len(found) && found[n].Student == found[0].Student {
			n++
		}
		mine, err := pickAttempts(found[0].Student, found[:n:n], which)
		if err != nil {
			return nil, err
		}
		all, found = append(all, mine...), found[n:]
	}
	return all, nil
}

// deadlines has submissions taken as the rules want it. Where late work counts, the last
// that was committed is taken; where the best attempt counts, what was there at the
// deadline is one, too.
func (c *Class) deadlines(found []Submission) (all []Submission) {
	if c.Rules.Late == nil {
		return found
	}
	for _, s := range found {
		due := c.Rules.due(Person{Deadline: s.Deadline})
		s.Committed, s.Deadline = true, c.At
		if !c.At.IsZero() {
			s.Deadline = later(c.At, due)
		}
		if s.Kind == Repository && c.Rules.Attempt == Best && s.Attempt == 0 && !due.IsZero() {
			early := s
			early.Deadline = due.Add(c.Rules.Late.Grace)
			early.Attempt, s.Attempt = 1, 2
			all = append(all, early)
		}
		all = append(all, s)
	}
	return all
}

// Tries are the attempts of a student that may count, from the first to the last.
type Tries struct {
	First int `json:"first"`
	Last  int `json:"last"`
}

// tries are a student's attempts that may count: one, numbered 0, of whom there is no more.
func (b *Book) tries(student string) Tries { return b.Header.Attempts[student] }

// counting is the attempt of a student that counts: the one with the best grade, and of
// those the last, as far as they are graded.
func (b *Book) counting(student string) int {
	t := b.tries(student)
	if t.First == t.Last {
		return t.Last
	}
	best, most := t.Last, -2.0
	for n := t.Last; n >= t.First; n-- {
		s := b.sum(student, n)
		grade, _ := s.grade(b.possible())
		if s.Nothing {
			grade = -1 // worse than work without a point
		}
		if grade > most {
			best, most = n, grade
		}
	}
	return best
}

// unsettled counts the results that are missing, and those that the grader broke on, of
// all attempts that may count.
func (b *Book) unsettled(student string) (lacks, broke int) {
	for n := b.tries(student).First; n <= b.tries(student).Last; n++ {
		for _, e := range b.Header.Exercises {
			switch l, ok := b.lines[key{student, e.ID, n}]; {
			case !ok:
				lacks++
			case l.Result.Status == judge.Error:
				broke++
			}
		}
	}
	return lacks, broke
}

// attempt says in a table which attempt counts; empty of whom there is only one.
func (b *Book) attempt(student string) string {
	if b.tries(student).Last == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", b.counting(student), b.tries(student).Last)
}
