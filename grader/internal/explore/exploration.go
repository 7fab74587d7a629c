package explore

import (
	"context"
	"math"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/grader/internal/source"
)

// How much an exploration keeps, and how long it goes on after what it looks for.
const (
	mostFailures = 200 // with Request.All
	mostKinds    = 6   // otherwise
	mostReplays  = 24  // for each kind, to find one that switches less
	manyRuns     = 20  // of which one would be right if only their order were wrong
	fewRuns      = 30  // say nothing of a program that has more: what fails one time in ten is missed by 30 in 4 % of cases
)

// exploration is a request at work.
type exploration struct {
	Request
	program model.Program
	begin   time.Time
	report  Report

	names     names
	text      *source.Program
	right     *search.Execution // the first run that is right
	sound     bool              // one that is right is so without a mistake of its own
	over      bool              // all runs were made that show whether one is
	kinds     []*kind           // of failures, in the order in which they came
	failing   map[uint64]bool   // classes of runs
	seen      int
	firstFail time.Time
	torn      bool              // processes print lines in pieces: they have to be told apart
	loose     time.Time         // it was first seen that not all can be explored
	common    bool              // two processes used one and the same thing in some run
	long      bool              // some run was given up for its length
	began     bool              // a process came to mp.Main in some run
	manner                      // of the runs that are made now
	killed    int               // processes, by the schedule that they begin with: it may be more than are asked for
	timing                      // as far as runs have shown it
	relies    *kind             // the easiest run that is wrong only because a time limit ran out early
	outside   *search.Execution // in which a process waited for what is not shown here
	hurried   int               // interleavings in which limits may have run out early, when they are not all; the others are
	hidden    bool              // a process has learned of others what is not shown here
	ample     string            // which limit is taken to be long enough
	unclear   string            // why runs that are wrong say nothing; empty: there are none
}

// explore explores a program, whatever its processes are.
func explore(ctx context.Context, program model.Program, r Request) (*Report, error) {
	if r.Budget <= 0 {
		r.Budget = DefaultBudget
	}
	x := &exploration{Request: r, program: program, begin: time.Now(), failing: map[uint64]bool{}, names: namesIn(r.Sources), text: source.Read(r.Sources)}
	x.report.Seed = r.Seed
	x.report.Means = means
	var err error
	switch {
	case r.Play != nil:
		x.report.Outcome, x.report.Text = NotExplored, "not explored: somebody else decided how it goes on"
		err = r.Play(ctx, &Play{x})
	case r.Schedule != "":
		err = x.replay(ctx)
	default:
		err = x.explore(ctx)
	}
	x.report.Seconds = time.Since(x.begin).Seconds()
	if err != nil {
		return nil, err
	}
	return &x.report, nil
}

// settings are those of a search that tells of its runs by saw.
func (x *exploration) settings(until time.Time) search.Settings {
	return search.Settings{
		Workers: x.Workers, Seed: x.Seed, Options: x.options(), Until: until, Saw: x.saw,
		Forks: x.forks, Sure: func(e *search.Execution) bool { return e.Ending == search.Ended && x.wrong(e) == Fault{} },
		Recall: x.recall,
		Merge:  func() bool { return !x.Processes && !x.Stderr && !x.All && len(x.failing) == 0 },
	}
}

func (x *exploration) explore(ctx context.Context) error {
	until := x.begin.Add(x.Budget)
	slow := func() float64 { return box.Slowness(ctx) }
	look := func(until time.Time) (*search.Result, error) {
		s := x.settings(until)
		s.Slow, s.Try = slow, suggestions
		return search.Explore(ctx, x.program, s)
	}
	result, err := x.passes(until, look)
	if err != nil {
		return err
	}
	r := &x.report
	r.Failing = len(x.failing)
	told := float64(r.Runs + r.Merged)
	r.Estimate = min(max(result.Least, told), math.MaxFloat64)
	if result.Most > 0 {
		r.Most = min(max(result.Most, r.Estimate), math.MaxFloat64)
	}
	if r.Complete {
		r.Estimate, r.Most = told, told
	}
	if r.Runs > 0 {
		r.Share = float64(r.Failing) / float64(r.Runs)
	}
	if d := result.Differs; d != nil {
		r.Difference = x.difference(d)
	} else if d := result.Hidden; d != nil {
		r.Difference, x.hidden = x.difference(d), true
	}
	if r.Failing > 1 && x.right == nil && (r.Complete || r.Runs >= manyRuns) {
		r.Warnings = append(r.Warnings, "every interleaving that was run fails: the order of the steps is not all that is wrong")
	}
	x.rename()
	if err := x.failures(ctx); err != nil {
		return err
	}
	if x.relies != nil && r.Failing == 0 {
		if err := x.reliance(ctx); err != nil {
			return err
		}
	}
	x.manner = manner{pieces: x.pieces}
	if x.ample != "" && x.relies == nil && r.Failing == 0 {
		r.Warnings = append(r.Warnings, x.ample)
	}
	x.conclude()
	if r.Outcome != Verified { // otherwise every order of them was seen to be right
		x.findings()
	}
	if x.CapacityZero && r.Outcome != Failed {
		return x.unbuffered(ctx, until)
	}
	return nil
}

// passes looks through the interleavings in each of the manners that matter to the
// program. It returns the result of the one that says how many there are.
func (x *exploration) passes(until time.Time, look func(time.Time) (*search.Result, error)) (*search.Result, error) {
	result, err := look(until)
	if err != nil {
		return nil, err
	}
	r := &x.report
	if x.torn {
		r.Started += result.Started
		x.pieces, x.torn, x.seen = true, false, 0
		if result, err = look(x.atLeast(until)); err != nil {
			return nil, err
		}
	}
	r.Runs, r.Merged, r.Complete = result.Classes, result.Merged, result.Complete
	r.Started += result.Started
	// What waits with a limit may meet depends on how time passes.
	for _, pass := range []struct {
		wanted bool
		manner manner
	}{
		{x.sleeps, manner{clock: true, pieces: x.pieces}},
		{x.limits, manner{early: true, pieces: x.pieces}},
	} {
		if !pass.wanted || len(x.failing) > 0 || x.outside != nil {
			continue
		}
		x.manner = pass.manner
		timed, err := look(x.atLeast(until))
		if err != nil {
			return nil, err
		}
		r.Started += timed.Started
		if len(x.failing) > 0 {
			r.Runs, r.Merged, r.Complete = timed.Classes, timed.Merged, timed.Complete
		}
		if x.early && r.Complete && !timed.Complete {
			x.hurried = timed.Classes
		}
		r.Complete = r.Complete && timed.Complete
	}
	return result, nil
}

// atLeast is a time, or later when there is not much left until then.
func (x *exploration) atLeast(until time.Time) time.Time {
	if end := time.Now().Add(x.Budget / 4); until.Before(end) {
		return end
	}
	return until
}

// suggestions are schedules that a run makes worth trying.
func suggestions(e *search.Execution) []search.Schedule {
	var out []search.Schedule
	for _, f := range detect.Atomicity(e.World) {
		var s search.Schedule
		for _, p := range f.Between(e.World) {
			s = append(s, e.World.PathOf(p))
		}
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}

// unbuffered looks for a run that fails only when pipes hold nothing, and warns.
func (x *exploration) unbuffered(ctx context.Context, until time.Time) error {
	end := x.atLeast(until)
	o := x.options()
	o.Capacity, o.Deaths = -1, 0
	var found *search.Execution
	_, err := search.Explore(ctx, x.program, search.Settings{
		Workers: x.Workers, Seed: x.Seed, Options: o, Until: end,
		Saw: func(e *search.Execution) bool {
			x.report.Started++
			if e.Ending == search.Deadlocked {
				found = e
			}
			return found == nil
		},
	})
	if err == nil && found != nil {
		x.report.Warnings = append(x.report.Warnings, "relies on pipes that hold messages until they are received: without that, "+waitsInWords(found))
	}
	return err
}
