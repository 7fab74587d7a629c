package mp

import (
	"time"

	"lockstep/mp/trace"
)

// Sleep pauses the caller for at least d. A program that sleeps by this function
// can be observed without waiting.
func Sleep(d time.Duration) {
	if observed {
		perform(operation{kind: trace.Sleep, index: -1, arg: d}, func(*operation) {})
		return
	}
	time.Sleep(d)
}
