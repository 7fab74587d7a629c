//go:build portable

package box

import (
	"slices"
	"testing"

	"lockstep/grader/internal/box/internal/proc"
)

// TestFatesByLooking: who looks now and then must not say more than was seen. Whether
// what ended was waited for is known only while its parent lives.
func TestFatesByLooking(t *testing.T) {
	for _, test := range []struct {
		args []string
		may  []State // its children's
		seen int     // at least
	}{
		{[]string{"family", "4", "50ms"}, []State{Joined, Ended}, 0},
		{[]string{"zombies", "3"}, []State{Ended}, 0},
		{[]string{"orphans", "3", "1h"}, []State{Orphan}, 3},
	} {
		o := run(t, command(t, test.args...))
		for _, p := range o.Processes[1:] {
			if !slices.Contains(test.may, p.State) {
				t.Errorf("%q: got %+v", test.args, p)
			}
			// Whose zombie it is now may take its time, or wait for it between two looks.
			if proc.Exists(p.PID) && !proc.IsZombie(p.PID) && proc.Exists(p.PID) {
				t.Errorf("%q: pid %d is left", test.args, p.PID)
			}
		}
		if len(o.Processes) <= test.seen || o.Exceeded != nil || o.Exit != (Exit{}) || o.Uncounted == "" {
			t.Errorf("%q: got %+v", test.args, o)
		}
	}
}

// TestNoTierIsClaimed: of the tiers only the last is there.
func TestNoTierIsClaimed(t *testing.T) {
	for _, o := range Survey(t.Context()) {
		if o.Works != (o.Tier == TierD) {
			t.Errorf("got %+v", o)
		}
	}
}
