//go:build !portable

package watch

import (
	"testing"
	"time"
)

// TestWaited: who tries at once is taken to wait after many tries, and who lets time pass in
// between after a few; one that only looks once or twice on its way may still come.
func TestWaited(t *testing.T) {
	const patience = 2 * time.Second
	begin := time.Now()
	for _, c := range []struct {
		tries int
		after time.Duration
		want  bool
	}{
		{1, 3 * time.Second, false},
		{fewTries - 1, patience, false},
		{fewTries, patience / triesShare, false},
		{fewTries, patience/triesShare + time.Millisecond, true},
		{mostTries - 1, time.Millisecond, false},
		{mostTries, time.Millisecond, true},
	} {
		if got := (held{since: begin, tries: c.tries}).waited(begin.Add(c.after), patience); got != c.want {
			t.Errorf("%d tries in %v: got %v", c.tries, c.after, got)
		}
	}
}
