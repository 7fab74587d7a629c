package search

import (
	"math/rand/v2"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// TestEstimateHoldsHowManyThereAre stops a search of programs of known size early, and wants
// the number of their interleavings between what is said then.
func TestEstimateHoldsHowManyThereAre(t *testing.T) {
	for _, c := range []struct {
		name string
		main func(*simulated.Proc)
		is   float64
	}{
		{"4 with a lock", adders(4), 24},
		{"5 with a lock", adders(5), 120},
		{"6 with a lock", adders(6), 720},
		{"8 with a lock", adders(8), 40_320},
		{"10 with a lock", adders(10), 3_628_800},
		{"3 without a lock", unlocked(3), 36},
		{"4 without a lock", unlocked(4), 576},
		{"4 philosophers", philosophers(4), 14},
		{"5 philosophers", philosophers(5), 30},
		{"6 philosophers", philosophers(6), 62},
		{"8 philosophers", philosophers(8), 254},
		{"4 readers and a writer", readers(4), 16},
		{"6 readers and a writer", readers(6), 64},
		{"3 workers, 2 tokens", tokens(3, 2), 24},
		{"4 workers, 2 tokens", tokens(4, 2), 192},
		{"5 workers, 2 tokens", tokens(5, 2), 1920},
		{"4 workers, 3 permits", permits(4, 3), 432},
		{"4 readers, a writer, a key in a pipe", key(4), 120},
		{"3 workers, 4 tasks", shared(3, 4), 81},
		{"2 workers, 8 tasks", shared(2, 8), 256},
		{"4 workers, 8 tasks", shared(4, 8), 65_536},
	} {
		for _, cut := range []int{10, 30, 100} {
			names, random := model.NewNames(), randomPolicy{rand.New(rand.NewPCG(1, 2))}
			tr := newTree(names, nil, false)
			most := 0.0
			run := func(who policy) *Execution {
				x, err := execute(t.Context(), simulated.New(c.main, false), 0, names, model.Options{}, who, time.Time{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if x.Ending == Ended {
					most = max(most, x.World.Orders())
				}
				return x
			}
			for range cut {
				j, ok := tr.next()
				if !ok {
					break
				}
				b := tr.branch(j)
				tr.finish(b, run(b))
				run(random)
			}
			least := tr.least()
			most = max(most, least*allowance*allowance)
			t.Logf("%-38s %9.0f  after %3d runs: %.0f to %.0f", c.name, c.is, cut, least, most)
			if c.is < least || c.is > most {
				t.Errorf("%s, after %d runs: %.0f to %.0f, there are %.0f", c.name, cut, least, most, c.is)
			}
		}
	}
}
