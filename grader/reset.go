package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/terminal"
)

const resetExamples = `  grader reset 10        ask, keep a copy, and begin exercise 10 again
  grader reset 10 --yes  … without asking
  grader reset           … the exercise to work at
`

// runReset puts an exercise's files back to how the course handed them out.
func runReset(ctx context.Context, c *cli) error {
	yes := c.flags.Bool("yes", false, "do not ask")
	args, err := c.parse(resetExamples)
	if err != nil {
		return err
	}
	e, err := c.current(args)
	if err != nil {
		return err
	}
	r, err := progress.NewReset(ctx, c.course, c.state(), e)
	if err != nil {
		return err
	}
	out := terminal.Folded(c.out)
	if len(r.Changed()) == 0 {
		fmt.Fprintf(out, "%s is as it was handed out: there is nothing to reset\n", e.ID)
		return nil
	}
	if !*yes {
		fmt.Fprintf(out, "%s [y/N] ", r.Question())
		answer, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("cannot read the answer: %w", err)
		}
		if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
			fmt.Fprintln(out, "nothing was changed")
			return nil
		}
	}
	if err := r.Do(); err != nil {
		return err
	}
	fmt.Fprintln(out, r.Told())
	return nil
}
