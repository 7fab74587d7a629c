package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

// formats are what --format takes, in the order in which the usage names them.
// Those that are not text are for machines: their result is written from the
// start, so that a call that is cut off leaves what it had found, as errors.
var formats = map[string]func(*delivery, *report.Report, io.Writer) error{
	"text":        func(d *delivery, r *report.Report, w io.Writer) error { return r.WriteTerminal(w, styleOf(w)) },
	"json":        func(_ *delivery, r *report.Report, w io.Writer) error { return r.WriteJSON(w) },
	"junit":       func(d *delivery, r *report.Report, w io.Writer) error { return r.WriteJUnit(w, d.began) },
	"classroom":   func(_ *delivery, r *report.Report, w io.Writer) error { return r.WriteClassroom(w) },
	"classroom50": func(d *delivery, r *report.Report, w io.Writer) error { return r.WriteClassroom50(w, d.handin) },
	"gradescope":  func(_ *delivery, r *report.Report, w io.Writer) error { return r.WriteGradescope(w) },
	"exercism":    func(_ *delivery, r *report.Report, w io.Writer) error { return r.WriteExercism(w) },
}

// wordless are the forms that can say nothing but a score, and whose hosts take a
// missing result for an error. Where the grader broke, none is left for them: what
// it could not grade must not become points that somebody did not get.
var wordless = map[string]bool{"classroom50": true, "gradescope": true}

const formatNames = "text, json, junit, classroom, classroom50, gradescope or exercism"

// delivery is where one call's report goes, and in which form.
type delivery struct {
	streams
	format  string
	out     string // a file; empty means standard output
	summary string // a file for the report as Markdown; may be empty
	outputs string // the file of GitHub's step outputs; may be empty
	root    string // the submission's folder
	actions bool   // standard output is the log of a GitHub Actions step
	html    string // a file for the report as a page; may be empty
	trace   string // a file for what the processes did, in the Trace Event format; may be empty
	began   time.Time
	handin  report.Handin
	screen  *screen // shows results as they come; nil: the report is written at the end
}

// newDelivery reads from the environment what a CI system says of itself.
func newDelivery(s streams, format, out, summary, root string) (*delivery, error) {
	d := &delivery{
		streams: s, format: format, out: out, summary: summary, root: root, began: time.Now(),
		actions: os.Getenv("GITHUB_ACTIONS") == "true",
	}
	if formats[format] == nil {
		return nil, usagef("--format %s: there are %s", format, formatNames)
	}
	if format == "classroom" || format == "classroom50" {
		d.outputs = os.Getenv("GITHUB_OUTPUT")
	}
	if format == "classroom" && summary == "" {
		d.summary = os.Getenv("GITHUB_STEP_SUMMARY")
	}
	if format == "classroom50" {
		return d, d.readHandin()
	}
	return d, nil
}

// personal says whether a person marks own work, at a terminal or not: nobody
// else is told of the result.
func (d *delivery) personal() bool { return d.format == "text" && d.out == "" && !d.actions }

// readHandin takes what Classroom 50's runner, and our autograder.py in between,
// say of the submission.
func (d *delivery) readHandin() error {
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
		return usagef("--format classroom50 is for Classroom 50's autograder.py; without it, %s must be set", strings.Join(missing, ", "))
	}
	if text := os.Getenv("LOCKSTEP_SUBMITTED"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return usagef("$LOCKSTEP_SUBMITTED: %w", err)
		}
		d.handin.Submitted = at
	}
	return nil
}

// grade takes entries through the pipeline and delivers what comes of it, also
// when it ends early: at the limit for the whole call (0 is none), by a signal, or
// because the grader breaks. What was graded counts, the rest is an error.
func (d *delivery) grade(ctx context.Context, p *pipeline, entries []*entry, limit time.Duration, show func(int, judge.Result)) (*report.Report, error) {
	results := broken(entries, errCutOff)
	now := func() *report.Report {
		r := report.New(results)
		r.Seed, r.Tier, r.Seconds = p.seed, p.tier, time.Since(d.began).Seconds()
		return r
	}
	if err := d.sofar(now()); err != nil {
		return nil, err
	}
	p.done = func(i int, r judge.Result) {
		results[i] = r
		_ = d.sofar(now()) // the last word, below, tells what can't be written
		show(i, r)
	}
	out := fmt.Errorf("the time limit of %s for the whole call was reached", limit)
	if limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, out)
		defer stop()
	}
	marked, err := p.mark(ctx, entries)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if marked != nil {
		results = marked
	} else if err != nil {
		results = broken(entries, err)
	}
	if errors.Is(err, out) {
		err = nil // the report tells it
	}
	if err != nil && d.format == "text" {
		return nil, err
	}
	r := now()
	return r, errors.Join(err, d.final(r))
}

// sofar writes what is known while grading goes on, for those who find only that
// when the call is killed. Standard output is left for the end.
func (d *delivery) sofar(r *report.Report) error {
	if d.format == "text" {
		return nil
	}
	return d.files(r)
}

// final writes everything.
func (d *delivery) final(r *report.Report) error {
	if err := d.files(r); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{d.summary: r.WriteMarkdown, d.html: r.WriteHTML, d.trace: r.WriteTrace} {
		if name == "" {
			continue
		}
		if err := into(name, write); err != nil {
			return err
		}
	}
	switch {
	case d.screen != nil:
		return d.screen.end(r)
	case d.withheld(r):
		fmt.Fprintf(d.streams.err, "no result is written, for --format %s has no word for a grader that broke\n", d.format)
		return r.WriteTerminal(d.streams.err, styleOf(d.streams.err))
	case d.format == "classroom" && d.outputs != "":
		if err := r.WriteAnnotations(d.streams.out, d.root); err != nil {
			return err
		}
		return d.bracketed(r)
	case d.out != "":
		return nil
	case d.format == "text":
		return d.bracketed(r)
	}
	return formats[d.format](d, r, d.streams.out)
}

// files writes what does not go to standard output.
func (d *delivery) files(r *report.Report) error {
	write := func(w io.Writer) error { return formats[d.format](d, r, w) }
	switch {
	case d.out == "":
	case d.withheld(r):
		if err := withdraw(d.out); err != nil {
			return err
		}
	default:
		if err := into(d.out, write); err != nil {
			return err
		}
	}
	switch {
	case d.outputs == "":
		return nil
	case d.format == "classroom":
		return appendTo(d.outputs, func(w io.Writer) error { return errors.Join(r.WriteClassroomStatus(w), write(w)) })
	}
	return appendTo(d.outputs, r.WriteClassroom50Outputs)
}

// withheld says whether a report has to be an error of its host's.
func (d *delivery) withheld(r *report.Report) bool {
	return r.Status == judge.Error && wordless[d.format]
}

// withdraw removes an old result. A terminal, a pipe or a device has none.
func withdraw(name string) error {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0 {
		return nil
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("cannot remove the old result: %w", err)
	}
	return nil
}

// bracketed writes the report for a person, so that a CI system obeys nothing in it.
func (d *delivery) bracketed(r *report.Report) error {
	text := func(w io.Writer) error { return r.WriteTerminal(w, styleOf(d.streams.out)) }
	if !d.actions {
		return text(d.streams.out)
	}
	return report.Bracketed(d.streams.out, rand.Text(), text)
}

// into writes a file so that whoever looks sees the old text or the new, never a
// part, and so that a link at its name is replaced and not followed. A terminal,
// a pipe or a device is written to as it is.
func into(name string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", name, err)
		}
	}()
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0 && !info.IsDir() {
		return appendTo(name, write)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".lockstep-")
	if err != nil {
		return &usageError{err}
	}
	defer os.Remove(f.Name()) // gone after the rename
	err = errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// appendTo adds to a file in one write.
func appendTo(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	return errors.Join(err, f.Close())
}

var errCutOff = errors.New("grading was cut off before this exercise")

// broken are the results of entries that were not graded.
func broken(entries []*entry, why error) []judge.Result {
	results := make([]judge.Result, len(entries))
	for i, e := range entries {
		results[i] = judge.Judge(judge.Facts{Job: e.job, Refused: e.work.Problems, Broken: why})
	}
	return results
}
