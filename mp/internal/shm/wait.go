// Package shm waits for changes in memory that processes share.
package shm

import (
	"sync/atomic"
	"time"
)

// Wait waits while *word is seen, for as long as until allows, and returns
// false when that time has passed. It returns early, too, at least every
// Takeover: a process that dies between a change and the wake that belongs to it
// delays others, and doesn't stop them.
func Wait(word *atomic.Uint32, seen uint32, until Deadline) bool {
	d := Takeover
	if until.Set {
		left := time.Until(until.At)
		if left <= 0 {
			return false
		}
		d = min(d, left)
	}
	Sleep(word, seen, d)
	return true
}

// Takeover is how long a waiter sleeps before it asks whether the owner lives.
const Takeover = 50 * time.Millisecond

// A Deadline is a moment; the zero value is never.
type Deadline struct {
	At     time.Time
	Length time.Duration // as it was given
	Set    bool
}

// Never is the deadline of waits without a limit.
var Never Deadline

// Within is the deadline d from now; a negative d is now.
func Within(d time.Duration) Deadline { return Deadline{time.Now().Add(d), d, true} }

// Everybody is for Wake.
const Everybody = 1<<31 - 1
