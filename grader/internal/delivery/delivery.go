// Package delivery brings one call's report to those who want it. In go the call's
// wishes and results as they come; out goes the report: to a person, to files, to the
// CI system around. It grades nothing.
package delivery

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// formats are what --format takes.
// Those that are not text are for machines: their result is written from the
// start, so that a call that is cut off leaves what it had found, as errors.
var formats = map[string]func(*Delivery, *report.Report, io.Writer) error{
	"text":        func(d *Delivery, r *report.Report, w io.Writer) error { return r.WriteTerminal(w, terminal.Style(w)) },
	"json":        func(_ *Delivery, r *report.Report, w io.Writer) error { return r.WriteJSON(w) },
	"lines":       func(d *Delivery, r *report.Report, w io.Writer) error { return r.WriteLines(w, d.tree()) },
	"junit":       func(d *Delivery, r *report.Report, w io.Writer) error { return r.WriteJUnit(w, d.began) },
	"classroom":   func(_ *Delivery, r *report.Report, w io.Writer) error { return r.WriteClassroom(w) },
	"classroom50": func(d *Delivery, r *report.Report, w io.Writer) error { return r.WriteClassroom50(w, d.handin) },
	"gradescope":  func(_ *Delivery, r *report.Report, w io.Writer) error { return r.WriteGradescope(w) },
	"exercism":    func(_ *Delivery, r *report.Report, w io.Writer) error { return r.WriteExercism(w) },
}

// wordless are the forms that can say nothing but a score, and whose hosts take a
// missing result for an error. Where the grader broke, none is left for them: what
// it could not grade must not become points that somebody did not get.
var wordless = map[string]bool{"classroom50": true, "gradescope": true}

// Formats names them.
const Formats = "text, lines, json, junit, classroom, classroom50, gradescope or exercism"

// Wishes are what the command line says of a report.
type Wishes struct {
	Format  string // one of Formats
	Out     string // a file for the report; empty: standard output
	Summary string // a file for the report as Markdown; may be empty
	HTML    string // a file for the report as a page; may be empty
	Trace   string // a file for what the processes did, in the Trace Event format; may be empty
	Work    string // the tree that is marked; empty: the course's own
	All     bool   // of a whole course, a person reads of every exercise, not only of the next to repair
}

// Pictures reports whether somebody wants to see what runs looked like.
func (w Wishes) Pictures() bool { return w.HTML != "" || w.Trace != "" }

// Delivery is where one call's report goes, and in which form.
type Delivery struct {
	Wishes
	Seed uint64   // of the whole call, as the report names it
	Tier box.Tier // …
	By   string   // which grader and course these are

	course string // its title; may be empty
	place  string // as exercise.Place has it
	typed  string // as exercise.CourseTyped has it

	out, err  io.Writer
	outputs   string // the file of GitHub's step outputs; may be empty
	variables string // the file of what later steps find in their environment; may be empty
	actions   bool   // standard output is the log of a GitHub Actions step
	began     time.Time
	handin    report.Handin
	screen    *screen // shows results as they come; nil: the report is written at the end
	status    *terminal.Status
	results   []judge.Result
}

// New reads from the environment what a CI system says of itself.
func New(w Wishes, out, err io.Writer) (*Delivery, error) {
	d := &Delivery{Wishes: w, out: out, err: err, began: time.Now(), actions: os.Getenv("GITHUB_ACTIONS") == "true"}
	if formats[w.Format] == nil {
		return nil, usage.Errorf("--format %s: there are %s", w.Format, Formats)
	}
	if w.Format == "classroom" || w.Format == "classroom50" {
		d.outputs = os.Getenv("GITHUB_OUTPUT")
	}
	if w.Format == "classroom" {
		d.variables = os.Getenv("GITHUB_ENV")
		d.Summary = cmp.Or(w.Summary, os.Getenv("GITHUB_STEP_SUMMARY"))
	}
	if w.Format == "classroom50" {
		return d, d.readHandin()
	}
	return d, nil
}

// Personal reports whether a person marks own work, at a terminal or not: nobody
// else is told of the result.
func (d *Delivery) Personal() bool { return d.Format == "text" && d.Out == "" && !d.actions }

// readHandin takes what Classroom 50's runner, and our autograder.py in between,
// say of the submission.
func (d *Delivery) readHandin() error {
	var missing []string
	get := func(name string) string {
		v := os.Getenv(name)
		if v == "" {
			missing = append(missing, "$"+name)
		}
		return v
	}
	owner := os.Getenv("OWNER")
	if owner == "" {
		owner = get("USERNAME")
	}
	d.handin = report.Handin{
		Classroom: get("CLASSROOM"), Assignment: get("ASSIGNMENT"), Type: os.Getenv("ASSIGNMENT_TYPE"), Owner: owner,
		Submission: get("SUBMISSION_TAG"), Commit: get("COMMIT_URL"), Release: get("RELEASE_URL"), Review: os.Getenv("REVIEW_URL"),
		Submitted: d.began, Graded: d.began,
	}
	if len(missing) > 0 {
		return usage.Errorf("--format classroom50 is for Classroom 50's autograder.py; without it, %s must be set", strings.Join(missing, ", "))
	}
	if text := os.Getenv("LOCKSTEP_SUBMITTED"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return usage.Errorf("$LOCKSTEP_SUBMITTED: %w", err)
		}
		d.handin.Submitted = at
	}
	return nil
}

var errCutOff = errors.New("grading was cut off before this exercise")

// Begin is told what is going to be graded, and by All that it is the whole course.
// What a call that is killed later leaves is there from now on.
func (d *Delivery) Begin(tasks []grading.Task, all bool) error {
	names := make([]string, len(tasks))
	for i, t := range tasks {
		names[i] = t.Job.Exercise.ID
		d.place, d.typed = t.Job.Exercise.Place, t.Job.Exercise.CourseTyped()
		if c := t.Job.Exercise.Course; c != nil {
			d.course = c.Title
		}
	}
	d.results = grading.Broken(tasks, errCutOff)
	if err := errors.Join(d.soFar(), d.outcome(d.report(), false)); err != nil {
		return err
	}
	d.status = terminal.NewStatus(d.err, names)
	if d.Personal() {
		style := terminal.Style(d.out)
		style.Work, style.Place, style.Course = d.Work, d.place, d.typed
		d.screen = &screen{Status: d.status, out: report.NewTerminal(d.out, style), whole: all, all: d.All}
	}
	return nil
}

// Began is told of a check as it begins; see grading.Options.
func (d *Delivery) Began(exercise, check string) { d.status.Began(exercise, check) }

// Result is told of a result, in order.
func (d *Delivery) Result(i int, r judge.Result) {
	d.results[i] = r
	_ = d.soFar() // the last word, in End, tells what can't be written
	if d.screen != nil {
		d.screen.result(r)
	} else {
		d.status.Over(r)
	}
}

// End delivers what grading came to, and why it ended early, if it did: what was
// graded counts, the rest is an error. A person is told of no more results then, only why.
func (d *Delivery) End(results []judge.Result, why error) (*report.Report, error) {
	defer d.status.Close()
	if why != nil && d.Format == "text" {
		if d.screen != nil {
			d.screen.stop(len(d.results))
		}
		return nil, why
	}
	d.results = results
	r := d.report()
	return r, errors.Join(why, d.final(r))
}

// tree is where the files that are marked lie, from where people call make.
func (d *Delivery) tree() string {
	if d.Work != "" {
		return ""
	}
	return d.place
}

// report is what is known so far.
func (d *Delivery) report() *report.Report {
	r := report.New(d.results)
	r.Course, r.Grader, r.Seed, r.Tier, r.Seconds = d.course, d.By, d.Seed, d.Tier, time.Since(d.began).Seconds()
	return r
}

// soFar writes what is known while grading goes on, for those who find only that
// when the call is killed. Standard output is left for the end.
func (d *Delivery) soFar() error {
	if d.Format == "text" {
		return nil
	}
	return d.file(d.report())
}

// final writes everything. What can't be written keeps nothing else from being.
func (d *Delivery) final(r *report.Report) error {
	err := errors.Join(d.file(r), d.outcome(r, true))
	summary := r.WriteMarkdown
	if d.Format == "classroom50" {
		summary = r.WriteBody
	}
	for name, write := range map[string]func(io.Writer) error{d.Summary: summary, d.HTML: r.WriteHTML, d.Trace: r.WriteTrace} {
		if name != "" {
			err = errors.Join(err, replace(name, write))
		}
	}
	switch {
	case d.screen != nil:
		return errors.Join(err, d.screen.end(r))
	case d.withheld(r):
		fmt.Fprintf(d.err, "no result is written, for --format %s has no word for a grader that broke\n", d.Format)
		return errors.Join(err, r.WriteTerminal(d.err, terminal.Style(d.err)))
	case d.Format == "classroom" && d.outputs != "":
		return errors.Join(err, r.WriteNotices(d.out), r.WriteAnnotations(d.out), d.bracketed(r))
	case d.Out != "":
		return err
	case d.Format == "text":
		return errors.Join(err, d.bracketed(r))
	}
	return errors.Join(err, formats[d.Format](d, r, d.out))
}

// file writes the report where --out says.
func (d *Delivery) file(r *report.Report) error {
	switch {
	case d.Out == "":
		return nil
	case d.withheld(r):
		return withdraw(d.Out)
	}
	return replace(d.Out, func(w io.Writer) error { return formats[d.Format](d, r, w) })
}

// outcome tells the steps behind this one what has come of it, at first no more than that
// nothing has: GitHub takes the last that is said, and bounds how much is.
func (d *Delivery) outcome(r *report.Report, last bool) (err error) {
	if d.outputs == "" {
		return nil
	}
	write := r.WriteClassroomStatus
	switch {
	case d.Format == "classroom50":
		write = r.WriteClassroom50Outputs
	case last:
		write = r.WriteClassroomOutputs
		if d.variables != "" {
			err = appendTo(d.variables, r.WriteClassroomVariables)
		}
	}
	return errors.Join(err, appendTo(d.outputs, write))
}

// withheld reports whether a report has to be an error of its host's.
func (d *Delivery) withheld(r *report.Report) bool {
	return r.Status == judge.Error && wordless[d.Format]
}

// bracketed writes the report for a person, so that a CI system obeys nothing in it.
func (d *Delivery) bracketed(r *report.Report) error {
	text := func(w io.Writer) error { return r.WriteTerminal(w, terminal.Style(d.out)) }
	if !d.actions {
		return text(d.out)
	}
	return report.Bracketed(d.out, rand.Text(), text)
}

// screen shows a person the results as they come, in order, and at the end what
// to do next.
type screen struct {
	*terminal.Status
	out   *report.Terminal
	whole bool // of a whole course: at the end a line for each exercise
	all   bool // … and the checks of all that fail; otherwise those of the first
	shown bool // the first that fails has been
	told  []judge.Result
	quiet int // that fail, and whose checks are not shown
}

// result writes one result, with the line of what is going on out of its way.
func (s *screen) result(r judge.Result) {
	s.Over(r)
	s.Above(func() { s.write(r) })
}

func (s *screen) write(r judge.Result) {
	s.told = append(s.told, r)
	switch {
	case !s.whole || r.Status == judge.Error:
	case r.Status == judge.Pass || r.Status == judge.NotChecked:
		return
	case s.shown && !s.all:
		s.quiet++
		return
	default:
		s.shown = true
	}
	s.out.Exercise(r)
	_ = s.out.Flush() // the last word, below, tells what can't be written
}

// stop writes a line for each exercise that was marked before the call ended early.
func (s *screen) stop(of int) {
	s.Close()
	if n := len(s.told); s.whole && n > 0 {
		s.out.List(report.New(s.told))
		s.out.Stopped(n, of)
	}
	_ = s.out.Flush() // there is another last word
}

// end writes what is left: results that nobody told of, because the call was cut
// off, the list of all, and the summary. The last lines are those that are seen.
func (s *screen) end(r *report.Report) error {
	s.Close()
	for _, e := range r.Exercises[len(s.told):] {
		s.write(e)
	}
	if s.whole {
		s.out.List(r)
	}
	s.out.Summary(r)
	if s.quiet > 0 {
		s.out.More(s.quiet)
	}
	return s.out.Flush()
}
