package search

import (
	"context"
	"errors"
	"slices"
	"sync"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// A step need not be made again to know what comes of it: a process does the same whenever
// it has learned the same and finds the same. So where a run only has steps that others have
// had, each from such a moment (model.World.Moment), and comes to where another has been, it
// need not be made at all. Of n processes that add one under a lock, about n² runs are made,
// and the others are remembered. A run that comes to an end of its own is always made.

// memory is what came of steps. A nil one keeps nothing.
type memory struct {
	mu     sync.Mutex
	steps  map[uint64][]model.News
	spared int  // runs
	wrong  bool // one and the same step came out in two ways: nothing is known
}

func newMemory() *memory { return &memory{steps: map[uint64][]model.News{}} }

// mostSteps bounds how many are kept.
const mostSteps = 100_000

// atFirst is the moment at which a first process begins.
const atFirst = 1

var errUnknown = errors.New("a step that was not made before")

// recall is what came of a step.
func (m *memory) recall(moment uint64) ([]model.News, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	news, known := m.steps[moment]
	if !known || m.wrong {
		return nil, errUnknown
	}
	return news, nil
}

// note takes in what came of a process's step: of its own, and of the child that it started.
func (m *memory) note(moment uint64, started string, path string, news []model.News) {
	if m == nil || moment == 0 {
		return
	}
	for _, n := range news {
		if n.Op == nil || n.Hung || n.Threads || n.Path != path && n.Path != started {
			return
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	before, known := m.steps[moment]
	switch {
	case known:
		m.wrong = m.wrong || !alike(before, news)
	case len(m.steps) < mostSteps:
		m.steps[moment] = news
	}
}

// distrust forgets everything, for good.
func (m *memory) distrust() {
	if m != nil {
		m.mu.Lock()
		m.wrong = true
		m.mu.Unlock()
	}
}

func (m *memory) distrusted() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wrong
}

// alike reports whether what came of a step is the same.
func alike(one, two []model.News) bool {
	if len(one) != len(two) {
		return false
	}
	for i := range one {
		a, b := one[i], two[i]
		if a.Path != b.Path || model.Shape(*a.Op) != model.Shape(*b.Op) || a.Op.Hash != b.Op.Hash || (a.Result == nil) != (b.Result == nil) {
			return false
		}
		var r, s trace.Event
		if a.Result != nil {
			r, s = *a.Result, *b.Result
		}
		if r.Result != s.Result || r.Outcome != s.Outcome || !slices.Equal(a.Said, b.Said) {
			return false
		}
	}
	return true
}

// spare makes a branch's run of steps that are known. nil: it comes to one that is not, or to
// an end of its own. Then the branch is spent.
func (m *memory) spare(ctx context.Context, names *model.Names, o model.Options, b *branch) *Execution {
	e := &Execution{World: model.NewWorld(names, o)}
	d := driver{Execution: e, memory: m, who: b}
	if d.drive(ctx) != nil || e.Ending != Asleep || b.lost || b.differ != nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spared++
	return e
}
