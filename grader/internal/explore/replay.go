package explore

import (
	"context"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// replay runs one schedule.
func (x *exploration) replay(ctx context.Context) error {
	s, err := x.read(x.Schedule)
	if err != nil {
		return err
	}
	r := &x.report
	e, how, err := search.Follow(ctx, x.program, x.options(), s, func(w *model.World, p model.ID) { x.tell(w, w.Title(p)) })
	if err != nil {
		return err
	}
	x.tell(e.World, "")
	fault := x.wrong(e)
	r.Runs, r.Started, r.Estimate, r.Most = 1, 1, 1, 1
	r.Replayed = &Replay{Steps: how.Made, Of: len(s), At: how.At, Left: how.Left, Failed: fault != Fault{}}
	r.Outcome, r.Text = Tested, "this interleaving does not fail"
	if fault != (Fault{}) {
		f, err := x.replayed(ctx, e, fault)
		if err != nil {
			return err
		}
		if err := x.foretell(ctx, e, &f); err != nil {
			return err
		}
		r.Outcome, r.Text, r.Failing, r.Share, r.FirstAt = Failed, "this interleaving fails", 1, 1, 1
		r.Failures = []Failure{f}
	}
	return nil
}

// read reads a schedule, and has runs be made in its manner from now on.
func (x *exploration) read(schedule string) (search.Schedule, error) {
	s, m, err := parse(schedule)
	x.manner, x.killed = m, 0
	for _, p := range s {
		if strings.HasSuffix(p, model.Reaper) {
			x.killed++
		}
	}
	return s, err
}

// replayed makes a failure of a run that was asked for.
func (x *exploration) replayed(ctx context.Context, e *search.Execution, fault Fault) (Failure, error) {
	if err := x.another(ctx, e); err != nil {
		return Failure{}, err
	}
	f := x.failureOf(e, fault)
	f.Schedule, f.Count = x.named(f.Schedule), 1
	return f, nil
}

// another looks for a run that goes right, where one that fails is explained by its order
// only if there is one.
func (x *exploration) another(ctx context.Context, e *search.Execution) error {
	x.over = true
	if x.sound || !diagnose(e).Loose {
		return nil
	}
	_, err := search.Explore(ctx, x.program, search.Settings{
		Workers: x.Workers, Seed: x.Seed, Options: x.options(), Until: time.Now().Add(x.Budget / 4),
		Saw: func(e *search.Execution) bool {
			if e.Ending == search.Ended && x.wrong(e) == (Fault{}) {
				x.goes(e)
			}
			return !x.sound
		},
	})
	return err
}

// tell shows the moment between the last step and the next.
func (x *exploration) tell(w *model.World, next string) {
	if x.EachStep == nil {
		return
	}
	m := Moment{Next: next, Position: func() *Position { return x.position(w) }}
	if n := len(w.Events); n > 0 {
		e := &w.Events[n-1]
		made := x.made(w, e, slices.Index(w.Started, w.Whose(e)), n, true)
		m.Made, m.By = &made, w.Title(e.Proc)
	}
	x.EachStep(m)
}
