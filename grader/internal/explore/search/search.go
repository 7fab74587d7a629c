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
	// Begin is how every run begins: only what can come after it is explored. It has the
	// steps that nobody chooses, too. nil: everything is.
	Begin Schedule
	// Merge is asked whether runs that come to a moment that was explored before may be
	// cut there, once there are more than can well be counted. Not for who looks at more of
	// a run than what it printed and how its first process ended. nil: they may not.
	Merge func() bool
	// Forks is the same program with cheaper runs, for when there are too many to count and
	// runs may merge.
	// What such a run shows counts if Sure says so: any other is made again by fresh
	// processes. nil: there are none.
	Forks model.Program
	Sure  func(*Execution) bool
	// Recall says that processes do the same whenever they have been given and have learned
	// the same, so that runs need not be made where all that comes of them is known.
	Recall bool
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
	Least    float64     // about so many different interleavings have to be told apart at least, as far as choices are known; 0: not known
	Most     float64     // … and at most, as far as the runs show what processes do; 0: not known
	Classes  int         // different interleavings that were seen
	Stopped  bool        // Saw said that it is enough
}

// explorer is one exploration under way.
type explorer struct {
	Settings
	ctx     context.Context
	program model.Program
	names   *model.Names
	memory  *memory // nil: runs are not remembered
	mu      sync.Mutex
	result  Result
	classes map[uint64]bool
	past    histories
	one     *Execution // the first run
	enough  bool
	steps   int                                     // of a typical run
	took    time.Duration                           // the first run
	later   func(time.Duration, func()) *time.Timer // time.AfterFunc

	compared bool // two runs under one schedule, from their beginning to their end
}

// Explore explores a program's interleavings.
func Explore(ctx context.Context, program model.Program, s Settings) (*Result, error) {
	x := &explorer{Settings: s, ctx: ctx, program: program, names: model.NewNames(), classes: map[uint64]bool{}, past: histories{}, later: time.AfterFunc}
	if s.Recall {
		x.memory = newMemory()
	}
	err := x.explore()
	if err == nil && x.result.Hidden != nil && x.one != nil && x.one.Ending == Ended {
		err = x.again(x.one, x.result.Started+leastRuns, time.Now().Add(chanceTime)) // it may be chance
	}
	x.result.Classes, x.result.Stopped = len(x.classes), x.enough
	if x.result.Most > 0 {
		x.result.Most = max(x.result.Most, x.result.Least*allowance*allowance)
	}
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
	end := time.Now().Add(time.Duration(float64(budget) * systematic))
	least := time.Now().Add(leastTime * x.took)
	end, x.Until = later(end, least), later(x.Until, least)
	if !x.result.Lost && !first.Threads {
		if err := x.systematic(end, time.Duration(float64(budget)*firstLook)); err != nil || x.over() {
			return err
		}
		if x.result.Complete {
			return x.repeat(first)
		}
	}
	return x.random(x.Until)
}

// unhurried is as many times as the first runs fit into the time where nobody asks
// whether the machine is slow.
const unhurried = 25

// leastTime is how many times as long as the first run there is at least for systematic
// search: a run that takes longer than all the time may well be the only one there is.
const leastTime = 2

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

// random tries random schedules until a time.
func (x *explorer) random(until time.Time) error {
	return x.workers(func(worker int) error {
		random := rand.New(rand.NewPCG(x.Seed, uint64(worker)))
		for n := 0; !x.over() && time.Now().Before(until); n++ {
			var who policy = randomPolicy{random}
			if n%2 == 1 {
				who = newPCT(random, 2+n/2%3, x.steps)
			}
			if err := x.sample(worker, after{x.Begin, who}); err != nil {
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
	return execute(x.ctx, x.program, worker, x.names, x.Options, who, x.Until, x.memory)
}

// So many different runs are asked how many interleavings there can be, unless they are long.
const (
	mostMeasured   = 50
	longestMeasure = 400
)

func (x *explorer) saw(e *Execution) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.enough {
		return false
	}
	if e.New = !x.classes[e.World.Class()]; e.New && len(x.classes) < mostMeasured && len(e.World.Events) <= longestMeasure {
		x.result.Most = max(x.result.Most, e.World.Orders())
	}
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
