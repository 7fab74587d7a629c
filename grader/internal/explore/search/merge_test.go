package search

import (
	"maps"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// adders is n processes that add one to a number under a lock.
func adders(n int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		v, l := p.Value("", 0), p.Lock("")
		var children []string
		for range n {
			children = append(children, p.Start("w", func(q *simulated.Proc) {
				q.Take(l)
				q.Set(v, q.Get(v)+1)
				q.Free(l)
			}))
		}
		for _, c := range children {
			p.Join(c)
		}
		p.Print(p.Get(v))
	}
}

// runsOf is how many runs a search makes, and which outputs it finds.
func runsOf(t *testing.T, main func(*simulated.Proc), o model.Options, merge bool) (runs int, outputs map[string]bool) {
	t.Helper()
	names := model.NewNames()
	tr := newTree(names, nil, merge)
	outputs = map[string]bool{}
	for j, ok := tr.next(); ok; j, ok = tr.next() {
		b := tr.branch(j)
		x, err := execute(t.Context(), simulated.New(main, false), 0, names, o, b, time.Time{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		tr.finish(b, x)
		if x.Ending != Asleep {
			outputs[string(x.World.Output)] = true
		}
		runs++
	}
	return runs, outputs
}

// TestMergedRuns: who has added and ended is forgotten, so that n! orders become
// (n-2)·2^(n-1)+2.
func TestMergedRuns(t *testing.T) {
	for n := 2; n <= 8; n++ {
		runs, _ := runsOf(t, adders(n), model.Options{}, true)
		if want := (n-2)<<(n-1) + 2; runs != want {
			t.Errorf("%d processes: %d runs, want %d", n, runs, want)
		}
	}
}

// TestMergedDeaths: of who was killed only what is left behind counts. Each death is a run
// all the same, so that there are fewer only where there are many; the same comes of them.
func TestMergedDeaths(t *testing.T) {
	for n := 2; n <= 5; n++ {
		o := model.Options{Ordered: true, Deaths: 1}
		all, want := runsOf(t, adders(n), o, false)
		merged, got := runsOf(t, adders(n), o, true)
		if !maps.Equal(got, want) {
			t.Errorf("%d processes: %v, want %v", n, got, want)
		}
		t.Logf("%d processes: %d runs instead of %d", n, merged, all)
		if n == 5 && merged >= all {
			t.Errorf("%d processes: %d runs, without merging %d", n, merged, all)
		}
	}
}

// TestMergesWhereThereAreMany: 24 orders are counted, and of 40,320 it is not
// said how many there are.
func TestMergesWhereThereAreMany(t *testing.T) {
	for n, merges := range map[int]bool{4: false, 8: true} {
		r, err := Explore(t.Context(), simulated.New(adders(n), false), Settings{
			Workers: 2, Until: time.Now().Add(10 * time.Minute), Merge: func() bool { return true },
		})
		if err != nil || !r.Complete || (r.Merged > 0) != merges {
			t.Errorf("%d processes: %+v, %v", n, r, err)
		}
	}
}
