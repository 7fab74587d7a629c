package explore

import (
	"context"
	"errors"
)

// ErrUnavailable means that interleavings can't be explored here: nothing is known
// of the program, neither good nor bad.
var ErrUnavailable = errors.New("interleavings can't be explored by this version of the grader")

// Run explores the interleavings of a program. The error is the grader's or the
// machine's, never the program's; ErrUnavailable where exploring is not possible.
func Run(ctx context.Context, r Request) (*Report, error) {
	return nil, ErrUnavailable
}
