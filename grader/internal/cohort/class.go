package cohort

import (
	"fmt"
	"io"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/usage"
)

// Class is what is graded, and how.
type Class struct {
	Course    string
	Exercises []*exercise.Exercise
	Out       string    // the folder of the journal and the results
	At        time.Time // repositories are taken as they were then; zero: as they are
	Shard     Shard
	Seed      uint64          // that was asked for; 0: others each time
	Options   grading.Options // without Done
	Log       io.Writer       // told of what is odd, and how far grading is

	Book        *Book
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
	found, ignored, err := Find(paths)
	if err != nil {
		return &usage.Error{Err: err}
	}
	if len(found) == 0 {
		return usage.Errorf("%s: there is no submission: no folder with exercises, no repository, no zip file", strings.Join(paths, ", "))
	}
	for _, name := range ignored {
		fmt.Fprintf(c.Log, "ignored: %s\n", report.Escape(name, len(name)))
	}
	header, err := c.header(found)
	if err != nil {
		return err
	}
	c.all = len(found)
	for i, s := range found {
		if c.Shard.Has(i) {
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
		return usage.Errorf("%s holds results of another course, other exercises, another --seed or another --at; name another --out, or forget them by --fresh", c.Out)
	}
	book.Header = header
	c.Book = book
	return nil
}

// header is that of the class's journal.
func (c *Class) header(found []Submission) (Header, error) {
	course, err := publish.Fingerprint(c.Course, c.Exercises)
	if err != nil {
		return Header{}, err
	}
	h := Header{Lockstep: JournalForm, Course: course, Seed: c.Seed}
	if !c.At.IsZero() {
		h.At = c.At.UTC().Format(time.RFC3339)
	}
	for _, e := range c.Exercises {
		h.Exercises = append(h.Exercises, Exercise{ID: e.ID, Title: e.Title, Max: e.Points})
	}
	for _, s := range found {
		h.Roster = append(h.Roster, s.Student)
	}
	return h, nil
}
