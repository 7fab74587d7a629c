package search

import (
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

// TestMergedRuns: who has added and ended is forgotten, so that n! orders become
// (n-2)·2^(n-1)+2.
func TestMergedRuns(t *testing.T) {
	for n := 2; n <= 8; n++ {
		names := model.NewNames()
		tr := newTree(names, nil, true)
		runs := 0
		for j, ok := tr.next(); ok; j, ok = tr.next() {
			b := tr.branch(j)
			x, err := execute(t.Context(), simulated.New(adders(n), false), 0, names, model.Options{}, b, time.Time{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			tr.finish(b, x)
			runs++
		}
		if want := (n-2)<<(n-1) + 2; runs != want {
			t.Errorf("%d processes: %d runs, want %d", n, runs, want)
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
