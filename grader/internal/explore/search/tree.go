package search

import (
	"slices"
	"sync"
	"sync/atomic"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// tree is what systematic search knows: the runs so far, as a tree of choices,
// and which other choices have to be tried where. Several workers may extend it.
type tree struct {
	mu    sync.Mutex
	names *model.Names
	begin Schedule // see Settings.Begin
	root  *node
	jobs  []job // the last one is next: depth first
	open  int   // jobs handed out
	ready *sync.Cond
	over  bool

	// A process that dies of a step does so at once. What its end does belongs to
	// that step, and is known only when the step has been made; so once it is known
	// that processes die, only choices that have been made put others to sleep.
	deaths bool
	again  bool // what was explored before that was known does not count

	remembered atomic.Bool // runs were not made, because what comes of them was known

	prefix Schedule // begins all runs: only what comes after is varied; see Below

	runs int  // that are finished
	told int  // … and were not cut short, but where they merged
	vast bool // it was stopped to go on later
	long bool // there are so many that they had better merge: what was explored does not count

	// A moment whose choices have all been explored need not be explored again when
	// another run comes to it, as long as what was made below it is known.
	seen  map[uint64][]visit // by model.World.State; nil: each is explored
	made  []made
	index map[string]int // of made
}

// node is a moment in a run, before a step.
type node struct {
	parent   *node
	via      model.ID // the parent's choice that leads here
	depth    int
	enabled  model.Set
	forced   bool
	stuck    model.Set          // reapers that could act while nobody could go on, or need
	later    bool               // the clock has been put forward just before, and after those could act
	doing    map[model.ID]doing // what each enabled process would do
	sleep    []sleeper
	chosen   []model.ID                  // choices handed out, in order
	tried    model.Set                   // the same as a set
	made     model.Set                   // choices whose step has been made
	ends     map[model.ID][]model.Access // what the deaths do that follow them
	children map[model.ID]*node
	state    uint64  // see model.World.State
	odd      bool    // what was made below is not all on record
	below    stepSet // what was made here and below, or could not be at its end
	undone   int     // jobs below and here that are not finished
	gone     float64 // choices whose subtrees are finished, as a share: see share
}

// doing is what a process would do if it were let go.
type doing struct {
	print  uint64 // of what does not depend on values
	op     trace.Event
	access []model.Access
	locks  []model.Resource // that it holds then, by itself
}

// sleeper is a process that need not be let go: a run in which it goes first here
// has been made or will be, and what has happened since does not concern it.
type sleeper struct {
	proc   model.ID
	access []model.Access
}

// job is a choice to be tried. A nil node is the whole of the tree.
type job struct {
	at     *node
	choice model.ID
}

// newTree returns a tree of which nothing is known but how every run begins. merge: runs
// that come to a moment that was explored before are cut there.
func newTree(names *model.Names, begin Schedule, merge bool) *tree {
	t := &tree{names: names, begin: begin, jobs: []job{{}}, index: map[string]int{}}
	if merge {
		t.seen = map[uint64][]visit{}
	}
	t.ready = sync.NewCond(&t.mu)
	return t
}

// next hands out a job. It waits while there is none and other workers may still
// find some, and returns false when the tree is complete or over.
func (t *tree) next() (job, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.jobs) == 0 && t.open > 0 && !t.over {
		t.ready.Wait()
	}
	if len(t.jobs) == 0 || t.over {
		return job{}, false
	}
	j := t.jobs[len(t.jobs)-1]
	t.jobs = t.jobs[:len(t.jobs)-1]
	t.open++
	return j, true
}

// stop makes next return false to everybody.
func (t *tree) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.ready.Broadcast()
}

// pause is stop for a while.
func (t *tree) pause() {
	t.mu.Lock()
	t.vast = !t.over
	t.mu.Unlock()
	t.stop()
}

// resume has next hand out jobs again.
func (t *tree) resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over, t.vast = false, false
}

// countedRuns is how many runs are made to their end at first, so that it can be said of
// most programs how many of how many interleavings fail.
const countedRuns = 100

// atLeast reports whether so many runs are finished.
func (t *tree) atLeast(runs int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.runs >= runs
}

// many reports whether there are more runs than can well be counted.
func (t *tree) many() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen == nil && t.runs >= countedRuns && len(t.jobs) > 0
}

// restart has the search begin again, with runs that merge.
func (t *tree) restart() {
	t.mu.Lock()
	t.long = true
	t.mu.Unlock()
	t.stop()
}

// repeat has the search begin again as it was.
func (t *tree) repeat() {
	t.mu.Lock()
	t.again = true
	t.mu.Unlock()
	t.stop()
}

// complete reports whether everything was tried.
func (t *tree) complete() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.jobs) == 0 && t.open == 0
}

// add puts a choice among those to be tried. The lock is held.
func (t *tree) add(n *node, p model.ID) {
	if n.tried.Has(p) || n.depth < len(t.prefix) {
		return
	}
	n.tried = n.tried.With(p)
	n.chosen = append(n.chosen, p)
	t.jobs = append(t.jobs, job{n, p})
	for m := n; m != nil; m = m.parent {
		m.undone++
	}
}

// finish is told of a job's run. It looks for conflicts that ask for other runs.
func (t *tree) finish(b *branch, x *Execution) {
	t.mu.Lock()
	defer t.mu.Unlock()
	path, j := slices.Concat(b.path, b.added), b.job
	if len(b.added) > 0 {
		b.added[0].parent, b.added[0].via = j.at, j.choice
		if j.at == nil {
			t.root = b.added[0]
		} else {
			j.at.children[j.choice] = b.added[0]
		}
	}
	for _, n := range b.added {
		for s := n.stuck.Without(asleep(n.sleep)); s != 0; s = s.Rest() {
			t.add(n, s.First())
		}
	}
	from := max(len(b.path)-1, 0)
	t.buried(x, path, from)
	t.analyse(x, path, from, b.met == nil)
	last := j.at
	if len(path) > 0 {
		last = path[len(path)-1]
		t.remember(b, x, path)
	}
	t.open--
	t.runs++
	if x.Ending != Asleep || b.met != nil {
		t.told++
	}
	t.close(last, j)
	t.ready.Broadcast()
}

// buried notes which of the run's steps were made, and which of them some process
// died of.
func (t *tree) buried(x *Execution, path []*node, from int) {
	w := x.World
	for i := from; i < len(w.Events); i++ {
		e := &w.Events[i]
		path[i].made = path[i].made.With(e.Proc)
		if !e.Tail || i == 0 {
			continue
		}
		if !t.deaths {
			t.deaths, t.again = true, true
		}
		n := path[i-1]
		if n.ends == nil {
			n.ends = map[model.ID][]model.Access{}
		}
		n.ends[e.Proc] = e.Access
	}
}

// close takes a finished job off the books and forgets subtrees that nobody can
// come back to.
func (t *tree) close(last *node, j job) {
	if j.at != nil {
		for m := j.at; m != nil; m = m.parent {
			m.undone--
		}
	}
	for n := last; n != nil && n.undone == 0; n = n.parent {
		up := n.parent
		n.children = nil
		t.leave(n)
		if up == nil {
			n.gone = 1
			return
		}
		delete(up.children, n.via)
		up.gone++
	}
	if j.at != nil && last == j.at {
		j.at.gone++
	}
}

// allowance is by how much it may be wrong that all choices of a node weigh the same.
const allowance = 1.25

// least is about how many runs the tree has, as far as it is known; 0: not at all.
func (t *tree) least() float64 {
	share := t.share()
	if share == 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(float64(t.told)/share/allowance, float64(t.told))
}

// share is how much of the tree is finished, if all choices of a node weigh the
// same.
func (t *tree) share() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.root == nil {
		return 0
	}
	return t.root.share()
}

func (n *node) share() float64 {
	if n.undone == 0 {
		return 1
	}
	s := n.gone
	for _, k := range n.children {
		s += k.share()
	}
	return s / float64(max(len(n.chosen), 1))
}
