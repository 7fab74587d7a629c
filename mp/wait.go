package mp

import (
	"sync/atomic"
	"time"
)

// sleepOn waits while *word is seen, for as long as until allows, and returns
// false when that time has passed. It returns early, too, at least every
// takeover: a process that dies between a change and the wake that belongs to it
// delays others, and doesn't stop them.
func sleepOn(word *atomic.Uint32, seen uint32, until deadline) bool {
	d := takeover
	if until.set {
		left := time.Until(until.at)
		if left <= 0 {
			return false
		}
		d = min(d, left)
	}
	futexWait(word, seen, d)
	return true
}

// A deadline is a moment, or never.
type deadline struct {
	at     time.Time
	length time.Duration // as it was given
	set    bool
}

var never deadline

// within is the deadline d from now; a negative d is now.
func within(d time.Duration) deadline { return deadline{time.Now().Add(d), d, true} }

const everybody = 1<<31 - 1 // for futexWake
