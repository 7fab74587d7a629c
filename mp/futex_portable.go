//go:build !linux || portable

package mp

import (
	"sync/atomic"
	"time"
)

// Without a futex that processes share, waiting is looking again and again, with
// pauses that grow from short ones.
const (
	shortestPause = 20 * time.Microsecond
	longestPause  = time.Millisecond
)

// futexWait sleeps while *word is seen, for at most d, and reports whether d
// passed.
func futexWait(word *atomic.Uint32, seen uint32, d time.Duration) (timedOut bool) {
	end := time.Now().Add(d)
	for pause := shortestPause; word.Load() == seen; pause = min(2*pause, longestPause) {
		if time.Now().After(end) {
			return true
		}
		time.Sleep(pause)
	}
	return false
}

// futexWake has nothing to do: sleepers look by themselves.
func futexWake(*atomic.Uint32, int) {}
