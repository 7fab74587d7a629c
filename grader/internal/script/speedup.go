package script

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// speedUp compares the program's speed with the serial reference's, or, where a check
// wants that and in a course without solutions, with its own serial form's.
func speedUp(c *call) error {
	r := &racers{call: c, alone: c.Own || c.request.Reference == ""}
	report, err := speedup.Run(c.ctx, speedup.Request{
		Runner: r, Workers: c.Workers, AtLeast: c.AtLeast, Budget: c.Budget.Std(), Seed: c.request.Seed, Alone: r.alone,
	})
	if err != nil {
		return fmt.Errorf("cannot measure the speed-up: %w", err)
	}
	c.record.Speedup = report
	run := Execution{Line: c.line(), Observation: r.last}
	if len(r.events) > 0 {
		run.Drawn, run.Events = r.observed, r.events
	}
	c.record.Runs = append(c.record.Runs, run)
	c.exitNamed = true
	if report.Status != speedup.Pass {
		return nil
	}
	// Whatever made it fast, it must be the children's.
	return c.needed(explore.Request{
		Command: c.command(c.request.Plain, c.Args),
		Expect: func(seen *box.Observation) explore.Fault {
			if same := claimEquals("stdout", string(seen.Stdout.Bytes), string(r.last.Stdout.Bytes)); !same.Holds {
				return same.fault()
			}
			return explore.Fault{}
		},
	}, explore.Spoil{})
}

// racers runs what a speed-up is measured from.
type racers struct {
	*call
	alone    bool             // there is no reference
	last     *box.Observation // of the student's program
	observed *box.Observation // of the run of it that told its events
	events   []trace.Event
	loose    bool // a program can't be held at its operations
}

func (r *racers) Serial(ctx context.Context) (speedup.Trial, error) {
	program := r.request.Reference
	if r.alone {
		program = r.request.Plain
	}
	t, _, err := r.trial(ctx, program, r.SerialArgs)
	return t, err
}

func (r *racers) Control(ctx context.Context) (speedup.Trial, error) {
	t, _, err := r.trial(ctx, r.request.Reference, r.Args)
	return t, err
}

func (r *racers) Parallel(ctx context.Context) (speedup.Trial, error) {
	t, seen, err := r.trial(ctx, r.request.Plain, r.Args)
	if err == nil {
		r.last = seen
	}
	return t, err
}

// Observe is Parallel with the program's own events.
func (r *racers) Observe(ctx context.Context, waits bool) (speedup.Trial, error) {
	t, seen, err := r.observe(ctx, r.request.Plain, waits)
	if err == nil {
		r.observed, r.events = seen, t.Events
	}
	return t, err
}

func (r *racers) Standard(ctx context.Context, waits bool) (speedup.Trial, error) {
	t, _, err := r.observe(ctx, r.request.Reference, waits)
	return t, err
}

// observe runs a program with its events: by a clock of its own, unless it waits for the outside
// or can't be held.
func (r *racers) observe(ctx context.Context, program string, waits bool) (speedup.Trial, *box.Observation, error) {
	if !waits && !r.loose {
		seen, events, err := explore.Clocked(ctx, r.command(program, r.Args), cmp.Or(r.Budget.Std(), speedup.DefaultBudget))
		switch {
		case err != nil:
			return speedup.Trial{}, nil, err
		case len(events) > 0:
			t := trialOf(seen)
			t.Events, t.Clocked = events, true
			seen.Processes = nil // they lived by another clock than the events tell of
			return t, seen, nil
		}
		r.loose = true
	}
	seen, events, err := control.Observe(ctx, r.command(program, r.Args))
	if err != nil {
		return speedup.Trial{}, nil, err
	}
	t := trialOf(seen)
	t.Events = events
	return t, seen, nil
}

func (r *racers) trial(ctx context.Context, program string, args []string) (speedup.Trial, *box.Observation, error) {
	seen, err := r.run(ctx, r.command(program, args))
	if err != nil {
		return speedup.Trial{}, nil, err
	}
	return trialOf(seen), seen, nil
}

func trialOf(seen *box.Observation) speedup.Trial {
	t := speedup.Trial{Wall: seen.Wall, CPU: seen.CPU, Output: seen.Stdout.Bytes, AtOnce: atWork(seen)}
	switch ended := claimEnded(seen); {
	case !ended.Holds:
		t.Fault, t.Late = ended.Got, seen.Exceeded.Limit == "wall"
	case seen.Exit != (box.Exit{}):
		t.Fault = describeExit(seen.Exit)
		if line, _, _ := strings.Cut(strings.TrimSpace(string(seen.Stderr.Bytes)), "\n"); line != "" {
			t.Fault += ": " + line
		}
	}
	return t
}

// worthwhile is the share of a run's processor time from which a process counts as
// having taken a part in the work. Starting children and adding up their results takes
// less.
const worthwhile = 0.05

// atWork is how many processes that took a part in the work were alive at one moment, at
// most; 0 where the box may have missed one.
func atWork(seen *box.Observation) int {
	if len(seen.Unseen) > 0 || seen.CPU <= 0 {
		return 0
	}
	return overlap(workers(seen, seen.Processes))
}

// workers are those of a run's processes that took a part in the work.
func workers(seen *box.Observation, of []box.Process) (workers []box.Process) {
	for _, p := range of {
		if p.CPU.Seconds() >= worthwhile*seen.CPU.Seconds() {
			workers = append(workers, p)
		}
	}
	return workers
}

// Probe runs the spinning threads in a box of their own, as the programs are.
func (r *racers) Probe(ctx context.Context, threads int, window time.Duration) (speedup.Probe, error) {
	self, err := os.Executable()
	if err != nil {
		return speedup.Probe{}, err
	}
	limits := boxLimits(r.request.Limits)
	seen, err := r.request.Boxes.Run(ctx, box.Command{
		Tier:    r.request.Tier,
		Program: self,
		Args:    []string{spinArgument, fmt.Sprint(threads), window.String()},
		Env:     []string{"GOMAXPROCS=" + fmt.Sprint(threads)},
		Limits:  limits,
	})
	if err != nil {
		return speedup.Probe{}, err
	}
	var p speedup.Probe
	if err := json.Unmarshal(seen.Stdout.Bytes, &p); err != nil {
		return speedup.Probe{}, fmt.Errorf("cannot read the probe's figures: %w", err)
	}
	return p, nil
}
