// Package grading is the pipeline: plan → build → run → observe → judge. In go a
// course, what was handed in and options; out come results. Each stage returns what
// it made, and nothing that a stage was given is changed.
package grading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

// Task is one exercise of one submission: what was planned, and what was handed in.
type Task struct {
	Key  string // an import path element; tasks of one key are the same work and share its programs
	Job  plan.Job
	Work *submission.Submission
	// Known are verdicts, by check, that were found earlier of the very same work.
	// These checks are not tried again. May be nil.
	Known map[string]judge.Verdict
	// Brief says that nobody will read why a check fails, but only that it does.
	Brief bool
}

// Options are how tasks are graded. The zero value grades one at a time, in the
// strongest tier that the machine gives.
type Options struct {
	Tier     box.Tier   // insist on a tier; empty: the strongest
	Jobs     int        // how many tasks may be under way at one time
	Build    box.Limits // on the compiler; zero fields: as in build.Request
	Strict   bool       // what can't be told on this machine is no result
	Pictures bool       // verdicts shall hold what their runs looked like
	Replay   *Replay    // instead of exploring interleavings; may be nil

	Detail exercise.Detail // how much of failures results tell; empty: as the course says
	Whole  bool            // results hold all, whatever is told of them later

	// Began is told of each check, as people call it, as it begins, and, by "", that an exercise's last
	// has ended. It is called from several goroutines; may be nil.
	Began func(exercise, check string)
	// Done is told of each result as soon as those before it are there; may be nil.
	Done func(i int, r judge.Result)
}

// Replay is what is run instead of an exploration.
type Replay struct {
	Schedule string                                     // this one, or,
	All      bool                                       // without one, all, of which every failing one is kept
	EachStep func(explore.Moment)                       // as in script.Request; may be nil
	Play     func(context.Context, *explore.Play) error // … likewise
}

// Grader is Grade, or what wraps it.
type Grader func(ctx context.Context, course string, tasks []Task, o Options) ([]judge.Result, error)

// Grade takes tasks from plan to verdict. Results stand in the order of the tasks,
// and what breaks for one task stands in its own result. An error means that nothing
// could be graded, or that the context ended before all was; the results say so too.
func Grade(ctx context.Context, course string, tasks []Task, o Options) ([]judge.Result, error) {
	scratch.Sweep() // what is left of a grader that was killed
	dir, err := scratch.New("build")
	if err != nil {
		return Broken(tasks, err), err
	}
	defer dir.Close()
	programs, err := Build(ctx, course, dir.Path, open(tasks), o)
	if err != nil {
		return Broken(tasks, cmp.Or(context.Cause(ctx), err)), err
	}
	results := make([]judge.Result, len(tasks))
	o.Jobs = box.AtOnce(max(1, o.Jobs))
	inOrder(len(tasks), o.Jobs, func(i int) {
		r, known := judge.Recall(tasks[i].Job, tasks[i].Known)
		if !known {
			r = programs.Grade(ctx, tasks[i], o)
		}
		work := tasks[i].Work
		r.Seed, r.Untaken, r.Untouched = tasks[i].Job.Seed, work.Untaken, work.Untouched
		for k := range r.Checks {
			r.Checks[k].File = work.Named(r.Checks[k].File)
		}
		if !o.Whole {
			r = r.Tell(time.Now(), o.Detail)
		}
		results[i] = r
	}, func(i int) {
		if o.Done != nil {
			o.Done(i, results[i])
		}
	})
	return results, ctx.Err()
}

// Programs are what Build made.
type Programs struct {
	Made       map[string]*build.Program // by the tasks' keys; none where files were refused
	references map[string]string         // the course's solutions, by exercise
	beside     map[string][]string       // the course's programs that they may execute, likewise
	alone      sync.RWMutex              // taken for writing by a check that measures speed, for reading by all others
}

// Build makes the programs of all tasks, and the reference solutions that their
// checks need, in one go. They stay in the folder. An error means that none could be
// built, or that the course itself does not build.
func Build(ctx context.Context, course, dir string, tasks []Task, o Options) (*Programs, error) {
	request := build.Request{Course: course, Dir: dir, Limits: o.Build, Tier: o.Tier}
	references := map[string]string{} // by exercise, the key of its reference
	beside := map[string][]string{}
	named := map[string]bool{}
	for _, t := range tasks {
		e := t.Job.Exercise
		support, err := build.Sources(e.Dir, e.Support...)
		if err != nil {
			return nil, err
		}
		if _, known := beside[e.ID]; !known && len(e.Programs) > 0 {
			for _, name := range e.Programs {
				u, err := helper(e, name)
				if err != nil {
					return nil, err
				}
				request.Units = append(request.Units, u)
			}
			beside[e.ID] = nil
		}
		if references[e.ID] == "" && slices.Contains(t.Job.Builds, plan.Reference) {
			files, err := build.Sources(filepath.Join(course, "solutions", e.ID), e.Edit...)
			if err == nil {
				references[e.ID] = "reference-" + e.ID
				request.Units = append(request.Units, build.Unit{Key: references[e.ID], Files: overlay(support, files), Shown: "solutions/" + e.ID, Kept: true})
			} else if !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
		if len(t.Work.Problems) > 0 || named[t.Key] {
			continue
		}
		named[t.Key] = true
		unit := build.Unit{Key: t.Key, Files: overlay(support, t.Work.Files), Shown: t.Work.Dir, Race: slices.Contains(t.Job.Builds, plan.Race)}
		unit.Screen = build.Screen{
			Files: slices.Sorted(maps.Keys(t.Work.Files)), Goroutines: slices.Contains(e.Forbid, exercise.Goroutines),
			Forbid: exercise.FullNames(e.Forbid), Require: exercise.FullNames(e.Require),
		}
		request.Units = append(request.Units, unit)
	}
	made, err := build.Run(ctx, request)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if e := t.Job.Exercise; beside[e.ID] == nil && len(e.Programs) > 0 {
			if beside[e.ID], err = gather(dir, e, made); err != nil {
				return nil, err
			}
		}
	}
	p := &Programs{Made: made, references: map[string]string{}, beside: beside}
	for id, key := range references {
		switch r := made[key]; {
		case r.Broken != nil:
			return nil, r.Broken
		case r.Plain == "":
			return nil, fmt.Errorf("the reference solution of %s does not build:\n%s", id, strings.Join(r.Errors, "\n"))
		default:
			p.references[id] = r.Plain
		}
	}
	return p, nil
}

// overlay returns the course's files with those of a submission in their place.
func overlay(course, submitted map[string][]byte) map[string][]byte {
	files := maps.Clone(course)
	maps.Copy(files, submitted)
	return files
}

// Grade runs and judges a task whose program was built.
func (p *Programs) Grade(ctx context.Context, t Task, o Options) judge.Result {
	f := judge.Facts{
		Job: t.Job, Refused: t.Work.Problems, Untaken: t.Work.Untaken, Program: p.Made[t.Key],
		Known: t.Known, Pictures: o.Pictures, Strict: o.Strict,
	}
	if f.Program != nil {
		f.Refused = append(slices.Clone(f.Refused), f.Program.Refused...)
		f.Broken = f.Program.Broken
		if f.Broken == nil && f.Program.Plain != "" {
			f.Records, f.Broken = p.run(ctx, t, f.Program, o)
		}
	}
	result := judge.Judge(f)
	if o.Pictures {
		result.Sources = t.Work.Files
	}
	return result
}

// run runs a task's scripts in order, each only when those that it needs passed. The
// records stand by check.
func (p *Programs) run(ctx context.Context, t Task, program *build.Program, o Options) (records map[string]*script.Record, err error) {
	began := func(check string) {
		if o.Began != nil {
			o.Began(t.Job.Exercise.ID, check)
		}
	}
	records = map[string]*script.Record{}
	boxes := &box.Boxes{}
	defer func() { err = boxes.Close(); began("") }()
	for _, s := range t.Job.Scripts {
		if _, known := t.Known[s.Check.Name]; known || !worthTrying(t, s, records) {
			continue
		}
		if ctx.Err() != nil {
			records[s.Check.Name] = &script.Record{Broken: context.Cause(ctx)}
			continue
		}
		request := script.Request{
			Tier: o.Tier, Boxes: boxes,
			Name: s.Check.Name, Script: s.Script, Exercise: t.Job.Exercise.Dir, Sources: t.Work.Files,
			Plain: program.Plain, Race: program.Race, NoRace: program.NoRace, Reference: p.references[t.Job.Exercise.ID], Programs: p.beside[t.Job.Exercise.ID],
			Limits: t.Job.Exercise.LimitsOf(s.Check), Seed: t.Job.Seed, Jobs: o.Jobs, Pictures: o.Pictures, Brief: t.Brief,
		}
		if o.Replay != nil {
			request.Schedule, request.All, request.EachStep = o.Replay.Schedule, o.Replay.All, o.Replay.EachStep
			request.Play = o.Replay.Play
		}
		begin, end := p.alone.RLock, p.alone.RUnlock
		if s.Uses("speedup") {
			begin, end = p.alone.Lock, p.alone.Unlock
		}
		begin()
		began(s.Check.Called())
		records[s.Check.Name] = script.Run(ctx, request)
		end()
	}
	return records, nil
}

// worthTrying reports whether all that a check needs passed.
func worthTrying(t Task, s plan.Script, records map[string]*script.Record) bool {
	for _, need := range s.Check.Needs {
		c, ok := t.Job.Exercise.Check(need)
		if !ok || !judge.Stands(t.Job.Exercise, c, t.Known, records[need]) {
			return false
		}
	}
	return true
}

// open are the tasks of which something has to be run. The others' programs were
// built when their verdicts were found, and need not be again.
func open(tasks []Task) []Task {
	return slices.DeleteFunc(slices.Clone(tasks), func(t Task) bool {
		_, known := judge.Recall(t.Job, t.Known)
		return known
	})
}

// inOrder calls do for 0 to n-1, so many at a time, and done for each in order.
func inOrder(n, atOnce int, do, done func(int)) {
	slots := make(chan struct{}, atOnce)
	ready := make([]chan struct{}, n)
	for i := range ready {
		ready[i] = make(chan struct{})
	}
	go func() {
		for i := range n {
			slots <- struct{}{} // in order, so that the first comes first
			go func() {
				defer func() { <-slots; close(ready[i]) }()
				do(i)
			}()
		}
	}()
	for i := range n {
		<-ready[i]
		done(i)
	}
}

// Broken are the results of tasks that the grader broke on.
func Broken(tasks []Task, why error) []judge.Result {
	results := make([]judge.Result, len(tasks))
	for i, t := range tasks {
		results[i] = judge.Judge(judge.Facts{Job: t.Job, Broken: why})
	}
	return results
}

// Seed is the seed that was asked for, or, where that is 0, one that nobody knows
// beforehand: a table of answers for the inputs of one seed is worth nothing then.
func Seed(asked uint64) uint64 {
	if asked != 0 {
		return asked
	}
	return 1 + rand.Uint64N(1<<32)
}

// Read takes the planned exercises' files from a student's tree.
func Read(tree string, jobs ...plan.Job) ([]Task, error) {
	var tasks []Task
	for _, job := range jobs {
		work, err := submission.Read(tree, job.Exercise)
		if err != nil {
			return nil, &usage.Error{Err: err}
		}
		work.Dir = submission.Shown(work.Dir)
		tasks = append(tasks, Task{Key: job.Exercise.ID, Job: job, Work: work})
	}
	return tasks, nil
}
