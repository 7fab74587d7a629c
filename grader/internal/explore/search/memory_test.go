package search

import (
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
	"lockstep/mp/trace"
)

// TestRememberedRuns: nearly all of the runs that merge need not be made.
func TestRememberedRuns(t *testing.T) {
	const n = 8
	var made [2]int
	for i, recall := range []bool{false, true} {
		r, err := Explore(t.Context(), simulated.New(adders(n), false), Settings{
			Workers: 1, Until: time.Now().Add(10 * time.Minute), Merge: func() bool { return true }, Recall: recall,
		})
		if all := (n-2)<<(n-1) + 2; err != nil || !r.Complete || r.Merged+1 != all {
			t.Errorf("%+v, %v; want %d runs", r, err, all)
		}
		made[i] = r.Started
	}
	if least := (n-2)<<(n-1) - 3*n*n; made[0]-made[1] < least {
		t.Errorf("%d runs were made, and %d where they are remembered; want %d less", made[0], made[1], least)
	}
}

// TestRememberedRunsMissNothing: one of many processes does something else when it comes at
// one place, in none of the first runs.
func TestRememberedRunsMissNothing(t *testing.T) {
	const n = 7
	main := func(p *simulated.Proc) {
		v, l := p.Value("", 0), p.Lock("")
		var children []string
		for i := range n {
			children = append(children, p.Start("w", func(q *simulated.Proc) {
				q.Take(l)
				x := q.Get(v)
				if i == 1 && x == 4 {
					x++
				}
				q.Set(v, x+1)
				q.Free(l)
			}))
		}
		for _, c := range children {
			p.Join(c)
		}
		p.Local = p.Get(v)
	}
	found := false
	r, err := Explore(t.Context(), simulated.New(main, false), Settings{
		Workers: 2, Until: time.Now().Add(10 * time.Minute), Merge: func() bool { return true }, Recall: true,
		Saw: func(e *Execution) bool {
			found = found || lost(e, n)
			return true
		},
	})
	if err != nil || !found || r.Merged == 0 {
		t.Errorf("found %t: %+v, %v", found, r, err)
	}
}

// TestMemoryOfChance: what has come out in two ways is not remembered.
func TestMemoryOfChance(t *testing.T) {
	step := func(result string) []model.News {
		return []model.News{{Path: "0", Op: &trace.Event{Kind: trace.Exit}, Result: &trace.Event{Result: result}}}
	}
	m := newMemory()
	m.note(7, "", "0", step("1"))
	m.note(7, "", "0", step("1"))
	if news, err := m.recall(7); err != nil || news[0].Result.Result != "1" {
		t.Errorf("%v, %v", news, err)
	}
	if _, err := m.recall(8); err == nil {
		t.Error("it remembers what never was")
	}
	m.note(7, "", "0", step("2"))
	if _, err := m.recall(7); err == nil || !m.distrusted() {
		t.Error("it remembers one of two")
	}
}
