package explore

import (
	"context"
	"errors"
)

// Run explores the interleavings of a program. The error is the grader's or the
// machine's, never the program's.
func Run(ctx context.Context, r Request) (*Report, error) {
	return nil, errors.New("cannot explore: not built in yet")
}

// Timeline shows a failure as a column for each process, at most width
// characters wide. Without all, steps that do not matter are left out. replay is
// the command that a person types to see it again; empty: none is shown.
func Timeline(f Failure, r *Report, width int, all bool, replay string) []Line { return nil }
