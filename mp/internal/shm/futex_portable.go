//go:build !linux || portable

package shm

import (
	"sync/atomic"
	"time"
)

// Without a futex that processes share, waiting is looking again and again, with
// pauses that grow from short ones.
const (
	ShortestPause = 20 * time.Microsecond
	LongestPause  = time.Millisecond
)

// Sleep sleeps while *word is seen, for at most d, and reports whether d
// passed.
func Sleep(word *atomic.Uint32, seen uint32, d time.Duration) (timedOut bool) {
	end := time.Now().Add(d)
	for pause := ShortestPause; word.Load() == seen; pause = min(2*pause, LongestPause) {
		if time.Now().After(end) {
			return true
		}
		time.Sleep(pause)
	}
	return false
}

// Wake has nothing to do: sleepers look by themselves.
func Wake(*atomic.Uint32, int) {}
