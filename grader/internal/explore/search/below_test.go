package search

import (
	"math/rand/v2"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
)

// everyWay is the policy of one of all runs that begin as a schedule says, whether or not
// they differ in what matters.
type everyWay struct {
	*follower
	chosen, of []int // after the schedule: which choice was taken, of how many
	at         int
}

func (e *everyWay) choose(n int) int {
	if e.at == len(e.chosen) {
		e.chosen, e.of = append(e.chosen, 0), append(e.of, n)
	}
	e.at++
	return e.chosen[e.at-1]
}

func (e *everyWay) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	if len(e.rest) > 0 {
		return e.follower.pick(w, enabled, current)
	}
	s := enabled | w.Mortal()
	for range e.choose(s.Len()) {
		s = s.Rest()
	}
	return s.First(), true
}

func (e *everyWay) stuck(w *model.World, mortal model.Set) (model.ID, bool) {
	if len(e.rest) > 0 {
		return e.follower.stuck(w, mortal)
	}
	n := e.choose(1 + mortal.Len())
	for k := n; k > 1; k-- {
		mortal = mortal.Rest()
	}
	return mortal.First(), n > 0
}

// next goes on to the next run; false: there is none.
func (e *everyWay) next() bool {
	for len(e.chosen) > 0 {
		last := len(e.chosen) - 1
		if e.chosen[last]++; e.chosen[last] < e.of[last] {
			return true
		}
		e.chosen, e.of = e.chosen[:last], e.of[:last]
	}
	return false
}

// TestBelowFindsAllThatCanComeAfter compares with all runs that begin with part of a random
// one, of random small programs.
func TestBelowFindsAllThatCanComeAfter(t *testing.T) {
	const mostRuns = 1500
	programs, checked := 60, 0
	if testing.Short() {
		programs = 15
	}
	for seed := uint64(1); checked < programs; seed++ {
		r := rand.New(rand.NewPCG(seed, 2))
		prog := randomSmall(r, 2, trial{})
		o := model.Options{Capacity: smallCapacity, Ordered: prog.ordered, Pieces: prog.pieces, Early: prog.early, Deaths: prog.deaths}
		one, err := execute(t.Context(), prog.program(), 0, model.NewNames(), o, randomPolicy{r}, time.Time{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := ScheduleOf(one.World)
		s = s[:len(s)-r.IntN(min(len(s), 14))]
		want := map[string]bool{}
		e, runs := &everyWay{}, 0
		for again := true; again && runs < mostRuns; again = e.next() {
			e.follower, e.at = newFollower(s), 0
			x, err := execute(t.Context(), prog.program(), 0, model.NewNames(), o, e, time.Time{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			want[outcomeOf(prog, x)] = true
			runs++
		}
		if runs == mostRuns {
			continue
		}
		checked++
		got := map[string]bool{}
		all, err := Below(t.Context(), prog.program(), o, s, mostRuns, time.Now().Add(time.Minute), func(x *Execution) bool {
			got[outcomeOf(prog, x)] = true
			return true
		})
		if err != nil || !all || len(got) != len(want) {
			t.Fatalf("seed %d: %+v after %s: all %t, %d outcomes, want %d, %v", seed, prog, s, all, len(got), len(want), err)
		}
		for o := range want {
			if !got[o] {
				t.Fatalf("seed %d: %+v after %s: missed %s", seed, prog, s, o)
			}
		}
	}
}
