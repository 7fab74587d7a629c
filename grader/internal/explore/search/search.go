package search

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"lockstep/grader/internal/explore/model"
)

// Settings say how a program is explored.
type Settings struct {
	Workers int
	Seed    uint64
	Options model.Options
	Until   time.Time // when to stop
	// Merge is asked whether runs that come to a moment that was explored before may be
	// cut there, once there are more than can well be counted. Not for who looks at more of
	// a run than what it printed and how its first process ended. nil: they may not.
	Merge func() bool
	// Slow says how many times more time there is, because this machine is slow. It is
	// asked when the first runs take a good part of it; nil: no more.
	Slow func() float64
	// Saw is told of every run, one at a time. It returns false when enough is
	// known. Runs that are asleep or differ are not shown.
	Saw func(*Execution) bool
	// Try returns schedules worth trying first, after a run that was right.
	Try func(*Execution) []Schedule
}

// Result is what became of an exploration.
type Result struct {
	Complete bool        // every interleaving was run
	Share    float64     // … or about this share of the tree of choices
	Started  int         // runs in all
	Merged   int         // of them were cut where another had been: see Settings.Merge
	Differs  *Difference // the first place where runs went different ways
	Hidden   *Difference // the first place where a process did two things although it had learned the same
	Lost     bool        // so far apart that systematic search made no sense
	Estimate float64     // how many different interleavings have to be told apart, about, or more: not every choice is known yet; 0: not known
	Classes  int         // different interleavings that were seen
	Stopped  bool        // Saw said that it is enough
}

// systematic is the share of the time that systematic search is given before
// random schedules take over, unless as much of the tree is finished by then.
const systematic = 0.5

// explorer is one exploration under way.
type explorer struct {
	Settings
	ctx     context.Context
	program model.Program
	names   *model.Names
	mu      sync.Mutex
	result  Result
	classes map[uint64]bool
	past    histories
	one     *Execution // the first run
	enough  bool
	steps   int // of a typical run
}

// Explore explores a program's interleavings.
func Explore(ctx context.Context, program model.Program, s Settings) (*Result, error) {
	x := &explorer{Settings: s, ctx: ctx, program: program, names: model.NewNames(), classes: map[uint64]bool{}, past: histories{}}
	err := x.explore()
	if err == nil && x.result.Hidden != nil && x.one != nil && x.one.Ending == Ended {
		err = x.again(x.one, x.result.Started+leastRuns, time.Now().Add(chanceTime)) // it may be chance
	}
	x.result.Classes, x.result.Stopped = len(x.classes), x.enough
	return &x.result, err
}

func (x *explorer) explore() error {
	begin := time.Now()
	first, err := x.first()
	if err != nil || x.over() {
		return err
	}
	if x.Try != nil {
		for _, s := range x.Try(first) {
			if _, err := x.run(0, newFollower(s)); err != nil || x.over() {
				return err
			}
		}
	}
	budget := time.Until(x.Until)
	if took := time.Since(begin); took > budget/unhurried && x.Slow != nil {
		budget = time.Duration(float64(budget+took)*x.Slow()) - took
		x.Until = time.Now().Add(budget)
	}
	end := begin.Add(time.Duration(float64(budget) * systematic))
	if !x.result.Lost && !first.Threads {
		if err := x.systematic(end); err != nil || x.over() {
			return err
		}
		if x.result.Complete {
			return x.repeat(first)
		}
	}
	return x.random()
}

// unhurried is as many times as the first runs fit into the time where nobody asks
// whether the machine is slow.
const unhurried = 25

// first makes the run in which nobody is stopped who can go on, twice.
func (x *explorer) first() (*Execution, error) {
	one, err := x.run(0, newFollower(nil))
	if err != nil || x.over() {
		return one, err
	}
	x.steps, x.one = len(one.World.Events), one
	two, err := x.run(0, newFollower(nil))
	if err != nil {
		return one, err
	}
	if one.Ending != Asleep && two.Ending != Asleep { // one that was given up lacks its end
		if d, lost := compare(one.World, two.World); d != nil {
			x.differ(d, lost)
		}
	}
	return one, nil
}

// leastRuns is how many runs at least nothing must differ in. What a program leaves
// to chance may come out the same twice: a map of eight has eight orders.
const leastRuns = 8

// chanceTime is how long runs are made again, after all others, to tell what depends
// on chance from what depends on the other processes.
const chanceTime = time.Second

// repeat makes the first run again until there were enough. One that did not come
// to its end has failed and may take long.
func (x *explorer) repeat(first *Execution) error {
	if first.Ending != Ended {
		return nil
	}
	return x.again(first, leastRuns, x.Until)
}

// again makes the first run again until so many runs have been made.
func (x *explorer) again(first *Execution, runs int, until time.Time) error {
	for x.result.Started < runs && x.result.Differs == nil && !x.over() && time.Now().Before(until) {
		again, err := x.attempt(0, newFollower(nil))
		if err != nil || again.Ending == Asleep {
			return err
		}
		if d, lost := compare(first.World, again.World); d != nil {
			x.differ(d, lost)
			x.result.Complete = x.result.Complete && !lost
		}
	}
	return nil
}

// compare looks for the first operation of a process that two runs under one
// schedule do not share. lost: it is more than a value.
func compare(one, two *model.World) (d *Difference, lost bool) {
	for i := range max(len(one.Events), len(two.Events)) {
		var a, b model.Event
		if i < len(one.Events) {
			a = one.Events[i]
		}
		if i < len(two.Events) {
			b = two.Events[i]
		}
		if a.Phase == model.Says && b.Phase == model.Says {
			continue // what it prints is for the expectations to judge
		}
		path := one.PathOf(a.Proc)
		if a.Op.Kind == 0 {
			path = two.PathOf(b.Proc)
		}
		if model.Shape(a.Op) != model.Shape(b.Op) || a.Proc != b.Proc || a.Phase != b.Phase {
			return &Difference{Path: path, Op: int(max(a.N, b.N)), First: a.Op, Second: b.Op}, true
		}
		if d == nil && a.Op.Hash != b.Op.Hash {
			d = &Difference{Path: path, Op: int(a.N), First: a.Op, Second: b.Op}
		}
	}
	return d, false
}

// systematic searches until the tree is complete or the time is over.
func (x *explorer) systematic(end time.Time) error {
	t := newTree(x.names, false)
	for {
		err := x.climb(t, end)
		again := x.names.Restart() || t.again || t.long
		if x.result.Share = t.share(); x.result.Share > 0 {
			x.result.Estimate = float64(len(x.classes)+x.result.Merged) / x.result.Share
		}
		if err != nil || x.over() || x.result.Lost || !again {
			x.result.Complete = err == nil && !x.over() && !x.result.Lost && !again && t.complete()
			return err
		}
		if t.long { // where runs merge, the search comes to an end more often: random schedules can wait
			end = x.Until.Add(-x.Until.Sub(end) * 2 / 5)
		}
		// What was explored before something was known does not count.
		x.result.Merged = 0
		deaths := t.deaths
		t = newTree(x.names, t.seen != nil || t.long)
		t.deaths = deaths
	}
}

// climb has the workers try choices of one tree.
func (x *explorer) climb(t *tree, end time.Time) error {
	defer context.AfterFunc(x.ctx, t.stop)()
	defer time.AfterFunc(time.Until(x.Until), t.stop).Stop()
	defer time.AfterFunc(time.Until(end), func() {
		if t.share() < systematic {
			t.stop()
		}
	}).Stop()
	return x.workers(func(worker int) error {
		for {
			j, ok := t.next()
			if !ok {
				return nil
			}
			b := t.branch(j)
			e, err := x.attempt(worker, b)
			if err != nil {
				t.stop()
				return err
			}
			if b.differ != nil {
				x.differ(b.differ, b.lost)
			}
			t.finish(b, e)
			if b.met != nil {
				x.merged(e)
			}
			switch {
			case b.lost, e.Threads:
				x.differ(b.differ, true)
				t.stop()
				return nil
			case e.Ending != Asleep && !x.saw(e), t.again:
				t.stop()
				return nil
			case t.many() && x.mayMerge():
				t.restart()
				return nil
			}
		}
	})
}

// workers runs the same thing several times at once.
func (x *explorer) workers(do func(worker int) error) error {
	var group sync.WaitGroup
	errs := make([]error, max(x.Workers, 1))
	for i := range errs {
		group.Go(func() { errs[i] = do(i) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// random tries random schedules until the time is over.
func (x *explorer) random() error {
	return x.workers(func(worker int) error {
		random := rand.New(rand.NewPCG(x.Seed, uint64(worker)))
		for n := 0; !x.over() && time.Now().Before(x.Until); n++ {
			var who policy = randomPolicy{random}
			if n%2 == 1 {
				who = newPCT(random, 2+n/2%3, x.steps)
			}
			if _, err := x.run(worker, who); err != nil {
				return err
			}
		}
		return nil
	})
}

// run makes a run and shows it.
func (x *explorer) run(worker int, who policy) (*Execution, error) {
	e, err := x.attempt(worker, who)
	if err == nil && e.Ending != Asleep {
		x.saw(e)
	}
	return e, err
}

// attempt makes a run.
func (x *explorer) attempt(worker int, who policy) (*Execution, error) {
	x.mu.Lock()
	x.result.Started++
	x.mu.Unlock()
	return execute(x.ctx, x.program, worker, x.names, x.Options, who, x.Until)
}

func (x *explorer) saw(e *Execution) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.enough {
		return false
	}
	e.New = !x.classes[e.World.Class()]
	x.classes[e.World.Class()] = true
	if x.result.Hidden == nil {
		x.result.Hidden = x.past.look(e.World)
	}
	if x.Saw != nil && !x.Saw(e) {
		x.enough = true
	}
	return !x.enough
}

// mayMerge reports whether runs may be cut from now on.
func (x *explorer) mayMerge() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.Merge != nil && x.Merge()
}

// merged takes in a run that was cut. What its processes did before is looked at like that
// of others: two moments are the same only if nothing is learned that is not shown.
func (x *explorer) merged(e *Execution) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Merged++
	if x.result.Hidden == nil {
		x.result.Hidden = x.past.look(e.World)
	}
}

func (x *explorer) over() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.enough || x.ctx.Err() != nil
}

func (x *explorer) differ(d *Difference, lost bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.result.Differs == nil {
		x.result.Differs = d
	}
	x.result.Lost = x.result.Lost || lost
}

// Followed is how far a schedule was followed.
type Followed struct {
	Made int    // steps made as it says
	At   int    // its step, from 1, that could not be made; 0: there is none
	Left string // why not
}

// Follow makes one run by a schedule. each is told before every step; it may be nil.
func Follow(ctx context.Context, program model.Program, o model.Options, s Schedule, each func(*model.World, model.ID)) (*Execution, Followed, error) {
	f := newFollower(s)
	f.each = each
	e, err := execute(ctx, program, 0, model.NewNames(), o, f, time.Time{})
	return e, Followed{f.followed, f.leftAt, f.left}, err
}

// Rank says which processes go before which.
type Rank struct {
	First string // path of the process that goes on whenever it can; "": none
	Last  string // … that goes on only when no other can, or all others only wait
}

// Ranked makes one run in which nobody is stopped who can go on, but for a process
// of another rank.
func Ranked(ctx context.Context, program model.Program, o model.Options, r Rank) (*Execution, error) {
	f := newFollower(nil)
	f.rank = r
	return execute(ctx, program, 0, model.NewNames(), o, f, time.Time{})
}

// Minimise looks for a run that fails in the same way with fewer switches, in at
// most so many runs.
func Minimise(ctx context.Context, program model.Program, o model.Options, e *Execution, same func(*Execution) bool, most int) (*Execution, error) {
	return minimise(e, same, func(who policy) (*Execution, error) {
		return execute(ctx, program, 0, model.NewNames(), o, who, time.Time{})
	}, most)
}
