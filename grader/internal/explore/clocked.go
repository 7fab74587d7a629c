package explore

import (
	"context"
	"errors"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// Clocked runs a program once, as it would go on a machine with a processor for each of its
// processes, and returns what was seen of it with its events, by the clock of that machine;
// see search.Clocked. There are no events, and what was seen says nothing, of a program that
// can't be held at its operations, that does not end, or that takes longer than within.
func Clocked(ctx context.Context, c box.Command, within time.Duration) (*box.Observation, []trace.Event, error) {
	program, err := control.New(c, true)
	if err != nil {
		return nil, nil, err
	}
	e, events, err := search.Clocked(ctx, program, model.Options{}, time.Now().Add(within))
	if closing := program.Close(); err == nil {
		err = closing
	}
	var unfit *model.Unfit
	switch {
	case errors.As(err, &unfit):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case e.Ending != search.Ended || program.Obstacle() != "" || e.Threads || !began(e):
		return e.Observed, nil, nil
	}
	return e.Observed, events, nil
}
