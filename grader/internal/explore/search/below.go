package search

import (
	"context"
	"time"

	"lockstep/grader/internal/explore/model"
)

// Below makes every run that begins with the steps of a schedule and differs from others in
// more than the order of what does not concern each other, so many at most. It returns
// whether these were all; saw, which is told of each, returns false when enough is known.
func Below(ctx context.Context, program model.Program, o model.Options, prefix Schedule, most int, until time.Time, saw func(*Execution) bool) (all bool, err error) {
	names := model.NewNames()
	t := newTree(names, nil, false)
	t.prefix = prefix
	for runs := 0; ; runs++ {
		j, ok := t.next()
		if !ok {
			return true, nil
		}
		if runs == most {
			return false, nil
		}
		b := t.branch(j)
		x, err := execute(ctx, program, 0, names, o, b, until, nil)
		if err != nil || b.differ != nil || b.lost || x.Threads || time.Now().After(until) {
			return false, err
		}
		t.finish(b, x)
		switch {
		case names.Restart() || t.again:
			deaths := t.deaths
			t = newTree(names, nil, false)
			t.prefix, t.deaths = prefix, deaths
		case x.Ending != Asleep && !saw(x):
			return false, nil
		}
	}
}
