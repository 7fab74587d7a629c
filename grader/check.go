//go:build !first

package main

import (
	"context"
	"fmt"
	"runtime"

	"lockstep/grader/internal/proof"
	"lockstep/grader/internal/usage"
)

const checkExamples = `  grader check                prove the whole course
  grader check 10             prove one exercise
  grader check --repeat 20    mark everything 20 times, under other seeds: no verdict may vary
  grader check --fresh 10     … also what has not changed since it was proven
  grader check --partial      accept what this machine can't check
`

// runCheck is the instructor's proof that a course marks what it says it marks.
func runCheck(ctx context.Context, c *cli) error {
	var o proof.Options
	c.flags.IntVar(&o.Repeat, "repeat", 1, "mark every starter, solution, mutant and other solution `N` times; no verdict may vary")
	c.flags.Uint64Var(&o.Seed, "seed", 1, "draw open arguments and schedules from `N`, N+1, …")
	c.flags.IntVar(&o.Jobs, "jobs", 2*runtime.NumCPU(), "mark `N` programs at a time; more than cores, since wrong repairs mostly wait")
	partial := c.flags.Bool("partial", false, "exit with 0 also when this machine can't check everything")
	verbose := c.flags.Bool("verbose", false, "tell every trial's verdicts as they come, with their seconds")
	fresh := c.flags.Bool("fresh", false, "mark everything again, also what has not changed (--repeat always does)")
	args, err := c.parse(checkExamples)
	if err != nil {
		return err
	}
	if o.Repeat < 1 {
		return usage.Errorf("--repeat %d: needs 1 or more", o.Repeat)
	}
	exercises, err := c.load(args)
	if err != nil {
		return err
	}
	if *verbose {
		o.Log = c.err
	}
	if !*fresh && o.Repeat == 1 {
		o.Cache = verdicts()
	}
	proofs, err := proof.Prove(ctx, c.course, exercises, o)
	if err != nil {
		return err
	}
	for _, p := range proofs {
		for _, line := range p.Lines() {
			fmt.Fprintln(c.out, line)
		}
	}
	total := proof.Sum(proofs)
	fmt.Fprintln(c.out, total)
	if total.Kept > 0 {
		fmt.Fprintf(c.err, "grader check: %d of %d programs have not changed since they were marked; --fresh marks them again\n", total.Kept, total.Trials)
	}
	if !total.Holds(*partial) {
		return errFailed
	}
	return nil
}
