package explore

import (
	"context"
	"time"

	"lockstep/grader/internal/explore/search"
)

// mostBelow is how many runs are made to tell from which step on a failure can't be
// avoided any more. Where there are more, nothing is said of it.
const mostBelow = 100

// foretell looks for the first step of a failing run after which every continuation fails,
// too, in whatever way. With each step there are fewer of them: half of the steps that are
// left are ruled out by one look at what can come after one in their middle.
func (x *exploration) foretell(ctx context.Context, e *search.Execution, f *Failure) error {
	if e.Ending == search.Hung || e.Ending == search.Limited {
		return nil // each run takes long
	}
	schedule := search.ScheduleOf(e.World)
	until, left := time.Now().Add(x.Budget/2), mostBelow
	saved, high := -1, len(schedule) // after so many steps a run can go right, and none can
	for saved+1 < high {
		middle := (saved + high) / 2
		right := false
		all, err := search.Below(ctx, x.program, x.options(), schedule[:middle], left, until, func(e *search.Execution) bool {
			x.report.Started++
			left--
			right = x.wrong(e) == Fault{}
			return !right
		})
		switch {
		case err != nil:
			return err
		case right:
			saved = middle
		case all:
			high = middle
		default:
			return nil
		}
	}
	if high > 0 && high < len(schedule) {
		f.Inevitable = high
		f.Steps[high-1].Matters = true
	}
	return nil
}
