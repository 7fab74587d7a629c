package cohort

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

// Class is what is graded, and how.
type Class struct {
	Course    string
	Version   string // of the course
	By        string // which grader and course these are, for a person
	Exercises []*exercise.Exercise
	Out       string          // the folder of the journal and the results
	People    []Person        // the roster; nil: whoever handed something in
	Rules     Rules           // of late work and several attempts
	Detail    exercise.Detail // how much of failures students' files tell; empty: as the course says
	At        time.Time       // repositories are taken as they were then; zero: as they are
	Shard     Shard
	Seed      uint64          // that was asked for; 0: others each time
	Options   grading.Options // without Done; results hold all, and students' files what may be told
	Log       io.Writer       // told of what is odd, and how far grading is

	Book        *Book
	course      []string     // all exercises of the course
	submissions []Submission // of this shard
	all         int          // submissions of the whole class
	jobs        []plan.Job
	grade       grading.Grader
}

// Find reads everything that can be wrong before anything is graded: the submissions
// that paths hold, and what was graded of them before. Fresh forgets that.
func (c *Class) Find(paths []string, fresh bool) error {
	c.grade = grading.Grade
	c.jobs = plan.All(c.Exercises, grading.Seed(c.Seed))
	found, err := c.handedIn(paths)
	if err != nil {
		return err
	}
	found = c.deadlines(found)
	header, err := c.header(found)
	if err != nil {
		return err
	}
	c.all = len(found)
	student := -1 // attempts of one student are in one shard
	for i, s := range found {
		if i == 0 || s.Student != found[i-1].Student {
			student++
		}
		if c.Shard.Has(student) {
			c.submissions = append(c.submissions, s)
		}
	}
	if fresh {
		if err := Forget(c.Out); err != nil {
			return err
		}
	}
	book, torn, err := Read(c.Out)
	if err != nil {
		return &usage.Error{Err: err}
	}
	if torn > 0 {
		fmt.Fprintf(c.Log, "%d results were cut off while they were written and are graded again\n", torn)
	}
	if !book.Fits(header) {
		return usage.Errorf("%s holds results of something else; what differs: %s; name another --out, or forget them by --fresh", c.Out, book.Header.differs(header))
	}
	book.Header, book.people = header, nil
	c.Book = book
	return nil
}

// handedIn finds whose submissions the paths hold.
func (c *Class) handedIn(paths []string) (found []Submission, err error) {
	if c.course, err = exercise.IDs(filepath.Join(c.Course, "exercises")); err != nil {
		return nil, &usage.Error{Err: err}
	}
	var ignored []string
	found, ignored, err = Find(paths, c.Exercises, c.course)
	if err != nil {
		return nil, &usage.Error{Err: err}
	}
	if len(found) == 0 {
		return nil, usage.Errorf("%s: there is no submission: no folder with exercises, no repository, no zip file", strings.Join(paths, ", "))
	}
	for _, name := range ignored {
		fmt.Fprintf(c.Log, "ignored: %s\n", report.Escape(name, len(name)))
	}
	if c.People != nil {
		found, err = assign(found, c.People, c.Rules.Attempt)
	} else {
		found, err = alone(found, c.Rules.Attempt)
	}
	if err != nil {
		return nil, &usage.Error{Err: err}
	}
	return found, nil
}

// Works reads every submission's work on every exercise, without grading any. One that
// several students share is read once.
func (c *Class) Works(ctx context.Context, paths []string, each func(student string, work *submission.Submission)) error {
	found, err := c.handedIn(paths)
	if err != nil {
		return err
	}
	unpacked, err := scratch.New("class")
	if err != nil {
		return err
	}
	defer unpacked.Close()
	seen := map[string]bool{}
	for i, s := range found {
		if seen[s.Path] || s.Kind == None {
			continue
		}
		seen[s.Path] = true
		dir := filepath.Join(unpacked.Path, fmt.Sprint(i))
		err := s.works(ctx, c, dir, each)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // the others' are read
			fmt.Fprintf(c.Log, "error    %s: %s\n", s.Student, report.Escape(err.Error(), 500))
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("cannot remove what was unpacked: %w", err)
		}
	}
	return nil
}

func (s Submission) works(ctx context.Context, c *Class, dir string, each func(student string, work *submission.Submission)) error {
	tree, err := s.Open(ctx, c.Exercises, c.course, c.At, dir)
	if err != nil {
		return err
	}
	for _, e := range c.Exercises {
		work, err := tree.Take(e)
		if err != nil {
			return err
		}
		each(s.Student, work)
	}
	return nil
}

// header is that of the class's journal.
func (c *Class) header(found []Submission) (Header, error) {
	course, err := publish.Fingerprint(c.Course, c.Exercises)
	if err != nil {
		return Header{}, err
	}
	h := Header{Lockstep: JournalForm, Course: course, Version: c.Version, By: c.By, Seed: c.Seed}
	if !c.At.IsZero() {
		h.At = c.At.UTC().Format(time.RFC3339)
	}
	for _, e := range c.Exercises {
		if e.Course != nil {
			h.Title = e.Course.Title
		}
		h.Exercises = append(h.Exercises, Exercise{ID: e.ID, Title: e.Title, Max: e.Points, Chapter: e.Chapter().Title})
	}
	for _, s := range found {
		h.Roster = append(h.Roster, s.Student)
		if s.Attempt > 0 {
			t, several := h.Attempts[s.Student]
			if !several {
				t.First = s.Attempt
			}
			t.Last = s.Attempt
			if h.Attempts == nil {
				h.Attempts = map[string]Tries{}
			}
			h.Attempts[s.Student] = t
		}
	}
	h.Roster = slices.Compact(h.Roster)
	h.People, h.Rules, h.Detail, h.Made = c.People, c.Rules, c.Detail, time.Now().UTC()
	return h, nil
}
