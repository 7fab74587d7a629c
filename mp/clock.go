package mp

import (
	"time"

	"lockstep/mp/trace"
)

// Sleep pauses the caller for at least d. A program that sleeps by this function
// can be held at its operations without waiting.
func Sleep(d time.Duration) {
	if observed {
		perform(operation{kind: trace.Sleep, index: -1, limit: max(d, 0)}, func(op *operation) {
			if !op.controlled {
				time.Sleep(d)
			}
		})
		return
	}
	time.Sleep(d)
}
