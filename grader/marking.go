package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/scratch"
)

// batchSize is how many programs of a class are built in one go. More cost memory,
// fewer cost a compiler start each, and all wait for a batch's slowest.
const batchSize = 48

// marking grades the part of a class that is not in the book yet.
type marking struct {
	*class
	journal *cohort.Journal
	scratch string
	known   map[string]judge.Result // by digest: same files, same verdict
	waiting map[string][]*task      // by digest: those that share an entry
	batch   []*task                 // the first of each, in order
	shown   time.Time
	began   time.Time
	total   int // exercises of all this shard's submissions
	settled int // of these, those in the book
	marked  int // of these, those that were run now
}

// task is one exercise of one submission.
type task struct {
	student, version, digest string
	entry                    *entry
}

// grade takes every submission of the shard through the pipeline, in batches.
func (k *class) grade(ctx context.Context) (err error) {
	m := &marking{class: k, known: map[string]judge.Result{}, waiting: map[string][]*task{}, began: time.Now()}
	m.total = len(k.submissions) * len(k.exercises)
	unpacked, err := scratch.New("class")
	if err != nil {
		return err
	}
	defer unpacked.Close()
	m.scratch = unpacked.Path
	if m.journal, err = cohort.OpenJournal(k.out, k.header); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.journal.Close()) }()
	for _, l := range k.book.Lines() {
		if l.Result.Status != judge.Error {
			m.known[l.Digest] = l.Result
		}
	}
	for i, s := range k.submissions {
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

// take reads a submission and queues what is not graded yet.
func (m *marking) take(ctx context.Context, i int, s cohort.Submission) error {
	dir := filepath.Join(m.scratch, fmt.Sprint(i))
	defer os.RemoveAll(dir)
	tree, err := s.Open(ctx, m.exercises, m.at, dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(tree.Dir); tree.Problem == "" && errors.Is(err, os.ErrNotExist) {
		// Nothing of what is graded was in it: an empty tree says so per file.
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, job := range m.plan.Jobs {
		work, err := tree.Take(job.Exercise)
		if err != nil {
			return err
		}
		t := &task{student: s.Student, version: tree.Version, digest: cohort.Digest(work)}
		t.entry = &entry{key: fmt.Sprintf("s%d-%s", i, job.Exercise.ID), job: job, work: work}
		known, seen := m.known[t.digest]
		switch {
		case m.book.Done(t.student, job.Exercise.ID, t.digest):
			m.settled++
		case seen:
			if err := m.settle(t, known); err != nil {
				return err
			}
		default:
			if m.waiting[t.digest] == nil {
				m.batch = append(m.batch, t)
			}
			m.waiting[t.digest] = append(m.waiting[t.digest], t)
		}
	}
	return nil
}

// run grades the batch. Each result is in the journal before the next is asked for.
func (m *marking) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil || len(m.batch) == 0 {
		return err
	}
	batch := m.batch
	m.batch = nil
	entries := make([]*entry, len(batch))
	for i, t := range batch {
		entries[i] = t.entry
	}
	var wrote error
	p := &pipeline{course: m.course, seed: m.seed, jobs: m.jobs, tier: m.tier, strict: m.strict, done: func(i int, r judge.Result) {
		if ctx.Err() != nil {
			return // it was cut off; that is no result
		}
		m.marked++
		if r.Status != judge.Error {
			m.known[batch[i].digest] = r
		}
		for _, t := range m.waiting[batch[i].digest] {
			wrote = errors.Join(wrote, m.settle(t, r))
		}
		delete(m.waiting, batch[i].digest)
	}}
	_, err := p.mark(ctx, entries)
	return errors.Join(wrote, err)
}

// settle writes a result into the journal and the book.
func (m *marking) settle(t *task, r judge.Result) error {
	l := cohort.Line{Student: t.student, Digest: t.digest, Version: t.version, Graded: time.Now().UTC(), Result: r}
	if err := m.journal.Add(l); err != nil {
		return err
	}
	m.book.Add(l)
	m.settled++
	m.progress()
	return nil
}

// progress says how far grading is: on one line for a person, now and then for a log.
func (m *marking) progress() {
	every, begin, end := 10*time.Second, "", "\n"
	if isTerminal(m.err) {
		every, begin, end = 100*time.Millisecond, "\r\x1b[K", ""
	}
	if time.Since(m.shown) < every {
		return
	}
	m.shown = time.Now()
	left := ""
	if m.marked > 0 {
		per := time.Since(m.began) / time.Duration(m.marked)
		left = fmt.Sprintf(", about %s left", (per * time.Duration(m.total-m.settled)).Round(time.Second))
	}
	fmt.Fprintf(m.err, "%s%d of %d exercises of %d submissions%s%s", begin, m.settled, m.total, len(m.submissions), left, end)
}

func (m *marking) summary() {
	if isTerminal(m.err) {
		fmt.Fprint(m.err, "\r\x1b[K")
	}
	part := ""
	if m.shard.Of > 1 {
		part = fmt.Sprintf(" (shard %d of %d, from %s; %d submissions in all)", m.shard.Number, m.shard.Of, m.shard.From, m.all)
	}
	took := time.Since(m.began)
	fmt.Fprintf(m.err, "%d submissions%s: %d exercises, %d of them run now in %s (%.1f a second)\n",
		len(m.submissions), part, m.settled, m.marked, took.Round(100*time.Millisecond), float64(m.marked)/took.Seconds())
}
