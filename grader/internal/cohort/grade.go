package cohort

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/terminal"
)

// batchSize is how many programs of a class are built in one go. More cost memory,
// fewer cost a compiler start each, and all wait for a batch's slowest.
const batchSize = 48

// marking grades the part of a class that is not in the book yet.
type marking struct {
	*Class
	journal *Journal
	scratch string
	known   map[string]judge.Result // by digest: same files, same verdict
	waiting map[string][]*task      // by digest: those that share a result
	batch   []*task                 // the first of each, in order
	shown   time.Time
	began   time.Time
	total   int // exercises of all this shard's submissions
	settled int // of these, those in the book
	before  int // … and in it before this call
	marked  int // of these, those that were run now
}

// task is one exercise of one student.
type task struct {
	grading.Task
	line  Line  // what is known before the result
	broke error // why the grader could not read it
}

// Grade takes every submission of the shard through the pipeline, in batches, and notes
// what comes of it in the book and the journal. When the context ends, what was graded
// is kept: the next call goes on from there.
func (c *Class) Grade(ctx context.Context) (err error) {
	m := &marking{Class: c, known: map[string]judge.Result{}, waiting: map[string][]*task{}, began: time.Now()}
	m.total = len(c.submissions) * len(c.jobs)
	unpacked, err := scratch.New("class")
	if err != nil {
		return err
	}
	defer unpacked.Close()
	m.scratch = unpacked.Path
	if m.journal, err = OpenJournal(c.Out, c.Book.Header); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.journal.Close()) }()
	for _, l := range c.Book.Lines() {
		if l.Result.Status != judge.Error {
			m.known[l.Digest] = l.Result
		}
	}
	for i, s := range c.submissions {
		if err := m.take(ctx, i, s); err != nil {
			return err
		}
		if len(m.batch) >= batchSize {
			if err := m.run(ctx); err != nil {
				return err
			}
		}
	}
	if err := m.run(ctx); err != nil {
		return err
	}
	m.summary()
	return nil
}

// take reads a submission and queues what is not graded yet. One that the grader
// can't read is that student's error, and the class goes on.
func (m *marking) take(ctx context.Context, i int, s Submission) error {
	dir := filepath.Join(m.scratch, fmt.Sprint(i))
	defer os.RemoveAll(dir)
	tree, unread := s.Open(ctx, m.Exercises, m.course, m.At, dir)
	if ctx.Err() != nil {
		return ctx.Err() // it was cut off; that is no result
	}
	tasks := make([]*task, len(m.jobs))
	nothing := unread == nil && !tree.holds()
	for k, job := range m.jobs {
		t := &task{line: Line{Student: s.Student, Version: tree.Version, Time: tree.Time, Late: s.Late, Attempt: s.Attempt, Number: s.Number}, Task: grading.Task{Key: fmt.Sprintf("s%d-%s", i, job.Exercise.ID), Job: job}}
		if t.broke = unread; unread == nil {
			t.Work, t.broke = tree.Take(job.Exercise)
		}
		nothing = nothing && t.broke == nil && len(t.Work.Files) == 0
		tasks[k] = t
	}
	for _, t := range tasks {
		odd := s.remarks(tree.odd)
		if t.line.Nothing = nothing; nothing {
			odd = s.remarks([]string{tree.There()})
			if near := submission.Near(t.Work.Problems); near != "" {
				odd = append(odd, t.Job.Exercise.ID+": "+near)
			}
		}
		t.line.Odd = strings.Join(odd, "; ")
		if t.broke != nil {
			if err := m.settle(t, m.broken(t, t.broke)); err != nil {
				return err
			}
			continue
		}
		t.line.Digest = Digest(t.Work)
		known, seen := m.known[t.line.Digest]
		switch {
		case m.Book.Done(t.line, t.Job.Exercise.ID):
			m.settled++
			m.before++
		case seen:
			if err := m.settle(t, known); err != nil {
				return err
			}
		default:
			if m.waiting[t.line.Digest] == nil {
				m.batch = append(m.batch, t)
			}
			m.waiting[t.line.Digest] = append(m.waiting[t.line.Digest], t)
		}
	}
	return nil
}

// remarks are what a person should know of a submission, how it was read among it.
func (s Submission) remarks(read []string) []string {
	all := slices.Clone(read)
	if s.Late {
		all = append(all, "handed in late")
	}
	if s.Stray {
		all = append(all, "nobody's on the roster")
	}
	return all
}

// run grades the batch. Where it can't be graded as a whole, one of it may be to
// blame: then each is graded by itself, and what can't be is that student's error.
func (m *marking) run(ctx context.Context) error {
	batch := m.batch
	m.batch = nil
	if err := ctx.Err(); err != nil || len(batch) == 0 {
		return err
	}
	whole, err := m.mark(ctx, batch)
	if err != nil || whole == nil {
		return err
	}
	alone := make([]error, len(batch))
	failed := 0
	for i := range batch {
		if alone[i], err = m.mark(ctx, batch[i:i+1]); err != nil {
			return err
		}
		if alone[i] != nil {
			failed++
		}
	}
	if failed == len(batch) && failed > 1 {
		return whole // nobody's fault: this machine grades nothing
	}
	for i, t := range batch {
		if alone[i] != nil {
			if err := m.settleAll(t, m.broken(t, alone[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark takes tasks through the pipeline. Each result is in the journal before the
// next is asked for. Unmarked says why none of them could be graded; err ends the
// class.
func (m *marking) mark(ctx context.Context, tasks []*task) (unmarked, err error) {
	planned := make([]grading.Task, len(tasks))
	for i, t := range tasks {
		planned[i] = t.Task
	}
	marked := false
	o := m.Options
	o.Done = func(i int, r judge.Result) {
		if marked = true; ctx.Err() != nil {
			return // it was cut off; that is no result
		}
		m.marked++
		if r.Status != judge.Error {
			m.known[tasks[i].line.Digest] = r
		}
		err = errors.Join(err, m.settleAll(tasks[i], r))
	}
	_, unmarked = m.grade(ctx, m.Course, planned, o)
	if marked || ctx.Err() != nil {
		return nil, errors.Join(err, unmarked)
	}
	return unmarked, err
}

// settleAll settles a task and those that wait for the same result.
func (m *marking) settleAll(t *task, r judge.Result) (err error) {
	for _, same := range m.waiting[t.line.Digest] {
		err = errors.Join(err, m.settle(same, r))
	}
	delete(m.waiting, t.line.Digest)
	return err
}

// settle writes a result into the journal and the book. One that can't be written
// is an error of the grader's with this student alone.
func (m *marking) settle(t *task, r judge.Result) error {
	l := t.line
	l.Graded, l.Result = time.Now().UTC(), r
	err := m.journal.Add(l)
	if errors.Is(err, ErrNoText) {
		l.Result = m.broken(t, err)
		err = m.journal.Add(l)
	}
	if err != nil {
		return err
	}
	m.Book.Add(l)
	m.settled++
	m.progress()
	return nil
}

// broken is the result of a task that the grader broke on, and says why.
func (m *marking) broken(t *task, err error) judge.Result {
	fmt.Fprintf(m.Log, "error    %s, %s: %s\n", t.line.Student, t.Job.Exercise.ID, report.Escape(err.Error(), 500))
	return grading.Broken([]grading.Task{t.Task}, err)[0]
}

// progress says how far grading is: on one line for a person, now and then for a log.
func (m *marking) progress() {
	every, begin, end := 10*time.Second, "", "\n"
	if terminal.Is(m.Log) {
		every, begin, end = 100*time.Millisecond, "\r\x1b[K", ""
	}
	if time.Since(m.shown) < every {
		return
	}
	m.shown = time.Now()
	left := ""
	// The first wait for the compiler, and say nothing of the others.
	if took, now := time.Since(m.began), m.settled-m.before; took > 10*time.Second && now >= 10 {
		left = fmt.Sprintf(", about %s left", (took * time.Duration(m.total-m.settled) / time.Duration(now)).Round(time.Second))
	}
	fmt.Fprintf(m.Log, "%s%d of %d exercises of %d submissions%s%s", begin, m.settled, m.total, len(m.submissions), left, end)
}

func (m *marking) summary() {
	if terminal.Is(m.Log) {
		fmt.Fprint(m.Log, "\r\x1b[K")
	}
	part := ""
	if m.Shard.Of > 1 {
		part = fmt.Sprintf(" (shard %d of %d, from %s; %d submissions in all)", m.Shard.Number, m.Shard.Of, m.Shard.From, m.all)
	}
	took := time.Since(m.began)
	fmt.Fprintf(m.Log, "%d submissions%s: %d exercises, %d of them run now in %s (%.1f a second)\n",
		len(m.submissions), part, m.settled, m.marked, took.Round(100*time.Millisecond), float64(m.marked)/took.Seconds())
}
