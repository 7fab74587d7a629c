package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// speedUp compares the program's speed with the serial reference's: `speedup
// -workers=N -at-least=SHARE -serial=FILE [-budget=DURATION] ARG…`. The file holds
// the reference's arguments, one a line.
func speedUp(c *call) error {
	o, args, err := c.flags("workers", "at-least", "serial", "budget", "stdin", "env")
	if err != nil {
		return err
	}
	if o.workers == 0 || o.atLeast == 0 {
		return errors.New("usage: speedup -workers=N -at-least=SHARE -serial=FILE ARG…")
	}
	if c.request.Reference == "" {
		c.record.Unseen = "the speed is compared with the reference solution's, which this course does not hold"
		return errStop
	}
	r := &racers{call: c, options: o, parallel: args, serial: o.serial}
	report, err := speedup.Run(c.ctx, speedup.Request{
		Runner: r, Workers: o.workers, AtLeast: o.atLeast, Budget: o.budget, Seed: c.request.Seed,
	})
	if err != nil {
		return fmt.Errorf("cannot measure the speed-up: %w", err)
	}
	c.record.Speedup = report
	run := Execution{Line: strings.TrimSpace("program " + strings.Join(args, " ")), Observation: r.last}
	if len(r.events) > 0 {
		run.Drawn, run.Events = r.observed, r.events
	}
	c.record.Runs = append(c.record.Runs, run)
	c.exitNamed = true
	return nil
}

// racers runs what a speed-up is measured from.
type racers struct {
	*call
	options          options
	parallel, serial []string
	last             *box.Observation // of the student's program
	observed         *box.Observation // of the run of it that told its events
	events           []trace.Event
}

func (r *racers) Serial(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.request.Reference, r.serial)
}

func (r *racers) Control(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.request.Reference, r.parallel)
}

func (r *racers) Parallel(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.request.Plain, r.parallel)
}

// Observe is Parallel with the program's own events.
func (r *racers) Observe(ctx context.Context) (speedup.Trial, error) {
	seen, events, err := control.Observe(ctx, r.command(r.request.Plain, r.options, r.parallel))
	if err != nil {
		return speedup.Trial{}, err
	}
	r.observed, r.events = seen, events
	t := trialOf(seen)
	t.Events = events
	return t, nil
}

func (r *racers) trial(ctx context.Context, program string, args []string) (speedup.Trial, error) {
	seen, err := r.run(ctx, r.command(program, r.options, args))
	if err != nil {
		return speedup.Trial{}, err
	}
	if program == r.request.Plain {
		r.last = seen
	}
	return trialOf(seen), nil
}

func trialOf(seen *box.Observation) speedup.Trial {
	t := speedup.Trial{Wall: seen.Wall, CPU: seen.CPU, Output: seen.Stdout.Bytes}
	switch ended := claimEnded(seen); {
	case !ended.Holds:
		t.Fault, t.Late = ended.Got, seen.Hit.Limit == "wall"
	case seen.Exit != (box.Exit{}):
		t.Fault = describeExit(seen.Exit)
		if line, _, _ := strings.Cut(strings.TrimSpace(string(seen.Stderr.Bytes)), "\n"); line != "" {
			t.Fault += ": " + line
		}
	}
	return t
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
