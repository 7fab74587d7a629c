package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/speedup"
)

// grade gives one program one verdict.
func grade(ctx context.Context, s subject, atLeast float64, budget time.Duration, blind bool, seed uint64) (*speedup.Report, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &runner{self: self, subject: s, blind: blind}
	defer r.boxes.Close()
	return speedup.Run(ctx, speedup.Request{
		Runner: r, Workers: s.workers, AtLeast: atLeast, Budget: budget, Seed: seed,
	})
}

// A runner runs this very program in a box: as the reference, as the subject, or
// as the probe.
type runner struct {
	self    string
	subject subject
	blind   bool
	boxes   box.Boxes
}

func (r *runner) Serial(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.subject.reference, "serial")
}

func (r *runner) Control(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.subject.reference, "parallel")
}

func (r *runner) Parallel(ctx context.Context) (speedup.Trial, error) {
	return r.trial(ctx, r.subject.name, "parallel")
}

func (r *runner) Observe(ctx context.Context) (speedup.Trial, error) {
	if r.blind {
		return r.Parallel(ctx)
	}
	seen, events, err := control.Observe(ctx, r.command(subjectWord, r.subject.name, "parallel", fmt.Sprint(r.subject.workers)))
	if err != nil {
		return speedup.Trial{}, err
	}
	t := trial(seen)
	t.Events = events
	return t, nil
}

func (r *runner) trial(ctx context.Context, name, mode string) (speedup.Trial, error) {
	seen, err := r.boxes.Run(ctx, r.command(subjectWord, name, mode, fmt.Sprint(r.subject.workers)))
	if err != nil {
		return speedup.Trial{}, err
	}
	return trial(seen), nil
}

func trial(seen *box.Observation) speedup.Trial {
	t := speedup.Trial{Wall: seen.Wall, CPU: seen.CPU, Output: seen.Stdout.Bytes}
	switch {
	case seen.Hit != nil:
		t.Fault, t.Late = "stopped at the limit of "+seen.Hit.Limit, seen.Hit.Limit == "wall"
	case seen.Exit != box.Exit{}:
		t.Fault = fmt.Sprintf("exit code %d, signal %d: %s", seen.Exit.Code, seen.Exit.Signal, seen.Stderr.Bytes)
	}
	return t
}

func (r *runner) Probe(ctx context.Context, k int, window time.Duration) (speedup.Probe, error) {
	var p speedup.Probe
	seen, err := r.boxes.Run(ctx, r.command(spinWord, fmt.Sprint(k), window.String()))
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(seen.Stdout.Bytes, &p); err != nil {
		return p, fmt.Errorf("cannot read the probe's figures from %q, %q: %w", seen.Stdout.Bytes, seen.Stderr.Bytes, err)
	}
	return p, nil
}

func (r *runner) command(args ...string) box.Command {
	return box.Command{Program: r.self, Args: args}
}
