package grading

import (
	"context"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/script"
)

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
			Name: s.Check.Name, Text: s.Text, Exercise: t.Job.Exercise.Dir, Sources: t.Work.Files,
			Plain: program.Plain, Race: program.Race, Reference: p.references[t.Job.Exercise.ID],
			Limits: t.Job.Exercise.Limits, Seed: t.Job.Seed, Jobs: o.Jobs, Pictures: o.Pictures && !s.Check.Hidden,
		}
		if o.Replay != nil {
			request.Schedule, request.All, request.EachStep = o.Replay.Schedule, o.Replay.All, o.Replay.EachStep
		}
		begin, end := p.alone.RLock, p.alone.RUnlock
		if s.Check.Speedup != nil {
			begin, end = p.alone.Lock, p.alone.Unlock
		}
		begin()
		began(s.Check.Name)
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
