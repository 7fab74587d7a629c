package main

import (
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

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
)

// entry is one exercise of one submission, on its way through the pipeline.
type entry struct {
	key     string // names it among the others; an import path element
	job     plan.Job
	work    *submission.Submission
	round   uint64 // added to the seed; entries of one key share a program
	program *build.Program
	records map[string]*script.Record
	broken  error

	same  cache.Key                // names all that its verdicts depend on; empty where none are kept
	known map[string]judge.Verdict // that were kept
}

// pipeline is what all entries of one call share.
type pipeline struct {
	course string
	seed   uint64
	asked  uint64 // the seed that was asked for; 0: any will do, also an earlier one
	jobs   int
	done   func(i int, r judge.Result) // told of each result as it comes, in order; may be nil
	began  func(i int, check string)   // told of each check as it begins, "" when an entry's last has ended; may be nil

	tier     box.Tier
	building box.Limits // on the compiler; zero fields: the grader's own
	strict   bool       // what can't be told is no result
	memory   *memory    // of verdicts; nil: everything is seen anew
	pictures bool       // verdicts shall hold what their runs looked like

	request func(*script.Request) // changes what is asked of a script, for a replay; may be nil
}

// mark takes entries from plan to verdict: build → run → observe → judge. The
// results stand in the entries' order. An error means that nothing could be
// marked; what breaks for one entry stands in its own result.
func (p *pipeline) mark(ctx context.Context, entries []*entry) ([]judge.Result, error) {
	if p.memory != nil {
		if err := p.memory.recall(entries); err != nil {
			return nil, fmt.Errorf("cannot tell what has changed: %w", err)
		}
	}
	scratch.Sweep() // what is left of a grader that was killed
	dir, err := scratch.New("build")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	references, err := p.build(ctx, dir.Path, unsettled(entries))
	if err != nil {
		return nil, err
	}
	results := make([]judge.Result, len(entries))
	p.jobs = box.AtOnce(p.jobs)
	p.each(entries, func(i int, alone *sync.RWMutex) {
		e := entries[i]
		if e.broken == nil && e.program != nil && e.program.Plain != "" {
			e.records = p.run(ctx, i, e, references[e.job.Exercise.ID], alone)
			p.tell(i, "")
		}
		results[i] = judge.Judge(judge.Facts{
			Job: e.job, Refused: e.refused(), Untaken: e.work.Untaken, Program: e.program, Records: e.records, Broken: e.broken,
			Known: e.known, Pictures: p.pictures, Strict: p.strict,
		})
		results[i].Seed = p.seed + e.round
		if p.memory != nil {
			p.memory.keep(e, results[i])
		}
	}, func(i int) {
		if p.done != nil {
			p.done(i, results[i])
		}
	})
	if p.memory != nil {
		p.memory.tidy()
	}
	return results, ctx.Err()
}

// refused is why the work is not taken: what was found as it was read, or by the
// meaning of its names.
func (e *entry) refused() []submission.Problem {
	if e.program == nil {
		return e.work.Problems
	}
	return append(slices.Clone(e.work.Problems), e.program.Refused...)
}

// seedOr is the seed that was asked for, or, where that is 0, one that nobody knows
// beforehand: a table of answers for the inputs of one seed is worth nothing then.
func seedOr(asked uint64) uint64 {
	if asked != 0 {
		return asked
	}
	return 1 + rand.Uint64N(1<<32)
}

// unsettled are the entries of which something has to be run. The others' programs
// were built when their verdicts were found, and need not be again.
func unsettled(entries []*entry) []*entry {
	var open []*entry
	for _, e := range entries {
		if judge.Settled(e.job, e.known) {
			e.program = &build.Program{Plain: "-"}
			continue
		}
		open = append(open, e)
	}
	return open
}

// build makes every entry's program, and the reference solutions that their
// checks need, in one go.
func (p *pipeline) build(ctx context.Context, dir string, entries []*entry) (references map[string]string, err error) {
	request := build.Request{Course: p.course, Dir: dir, Limits: p.building, Tier: p.tier}
	wanted := map[string]string{} // exercise → key of its reference
	made := map[string]bool{}
	for _, e := range entries {
		support, err := build.Sources(e.job.Exercise.Dir, e.job.Exercise.Support...)
		if err != nil {
			return nil, err
		}
		needs := map[plan.Variant]bool{}
		for _, v := range e.job.Builds {
			needs[v] = true
		}
		if needs[plan.Reference] && wanted[e.job.Exercise.ID] == "" {
			files, err := build.Sources(filepath.Join(p.course, "solutions", e.job.Exercise.ID), e.job.Exercise.Edit...)
			if err == nil {
				key := "reference-" + e.job.Exercise.ID
				wanted[e.job.Exercise.ID] = key
				request.Units = append(request.Units, build.Unit{Key: key, Files: overlay(support, files), Shown: "solutions/" + e.job.Exercise.ID, Kept: true})
			} else if !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
		if len(e.work.Problems) == 0 && !made[e.key] {
			made[e.key] = true
			unit := build.Unit{Key: e.key, Files: overlay(support, e.work.Files), Shown: e.work.Dir, Race: needs[plan.Race]}
			if slices.Contains(e.job.Exercise.Forbid, exercise.Goroutines) {
				unit.Screen = slices.Sorted(maps.Keys(e.work.Files))
			}
			request.Units = append(request.Units, unit)
		}
	}
	programs, err := build.Run(ctx, request)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.program = programs[e.key]; e.program != nil {
			e.broken = errors.Join(e.broken, e.program.Broken)
		}
	}
	references = map[string]string{}
	for id, key := range wanted {
		if err := programs[key].Broken; err != nil {
			return nil, err
		}
		if programs[key].Plain == "" {
			return nil, fmt.Errorf("the reference solution of %s does not build:\n%s", id, strings.Join(programs[key].Errors, "\n"))
		}
		references[id] = programs[key].Plain
	}
	return references, nil
}

// overlay returns the course's files with those of a submission in their place.
func overlay(course, submitted map[string][]byte) map[string][]byte {
	files := maps.Clone(course)
	maps.Copy(files, submitted)
	return files
}

// each calls do for every entry, several at a time, and then tells in order. A
// check that measures speed takes alone for writing, all others for reading.
func (p *pipeline) each(entries []*entry, do func(int, *sync.RWMutex), tell func(int)) {
	var alone sync.RWMutex
	slots := make(chan struct{}, max(1, p.jobs))
	ready := make([]chan struct{}, len(entries))
	for i := range entries {
		ready[i] = make(chan struct{})
	}
	go func() {
		for i := range entries {
			slots <- struct{}{} // in order, so that the first result comes first
			go func() {
				defer func() { <-slots; close(ready[i]) }()
				do(i, &alone)
			}()
		}
	}()
	for i := range entries {
		<-ready[i]
		tell(i)
	}
}

// run runs an entry's scripts in order, each only when those that it needs passed.
func (p *pipeline) run(ctx context.Context, i int, e *entry, reference string, alone *sync.RWMutex) map[string]*script.Record {
	records := map[string]*script.Record{}
	boxes := &box.Boxes{}
	defer func() { e.broken = errors.Join(e.broken, boxes.Close()) }()
	for _, s := range e.job.Scripts {
		if _, known := e.known[s.Check.Name]; known || !worthTrying(e, s, records) {
			continue
		}
		if ctx.Err() != nil {
			records[s.Check.Name] = &script.Record{Broken: context.Cause(ctx)}
			continue
		}
		if s.Check.Speedup != nil {
			alone.Lock()
		} else {
			alone.RLock()
		}
		p.tell(i, s.Check.Name)
		request := script.Request{
			Tier: p.tier, Boxes: boxes,
			Name: s.Check.Name, Text: s.Text, Exercise: e.job.Exercise.Dir, Sources: e.work.Files,
			Plain: e.program.Plain, Race: e.program.Race, Reference: reference,
			Limits: e.job.Exercise.Limits, Seed: p.seed + e.round, Jobs: p.jobs, Pictures: p.pictures && !s.Check.Hidden,
		}
		if p.request != nil {
			p.request(&request)
		}
		records[s.Check.Name] = script.Run(ctx, request)
		if s.Check.Speedup != nil {
			alone.Unlock()
		} else {
			alone.RUnlock()
		}
	}
	return records
}

func (p *pipeline) tell(i int, check string) {
	if p.began != nil {
		p.began(i, check)
	}
}

func worthTrying(e *entry, s plan.Script, records map[string]*script.Record) bool {
	for _, need := range s.Check.Needs {
		c, ok := e.job.Exercise.Check(need)
		if !ok || !judge.Stands(e.job.Exercise, c, e.known, records[need]) {
			return false
		}
	}
	return true
}
