package explore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// How much an exploration keeps, and how long it goes on after what it looks for.
const (
	mostFailures = 200 // with Request.All
	mostKinds    = 6   // otherwise
	mostReplays  = 24  // for each kind, to find one that switches less
	manyRuns     = 20  // of which one would be right if only their order were wrong
)

// exploration is a request at work.
type exploration struct {
	Request
	program model.Program
	begin   time.Time
	report  Report

	names     names
	right     *search.Execution // the first run that is right
	kinds     []*kind           // of failures, in the order in which they came
	failing   map[uint64]bool   // classes of runs
	seen      int
	firstFail time.Time
	torn      bool              // processes print lines in pieces: they have to be told apart
	bereft    bool              // a pool's worker died in some run
	manner                      // of the runs that are made now
	timing                      // as far as runs have shown it
	relies    *kind             // the easiest run that is wrong only because a time limit ran out early
	outside   *search.Execution // in which a process waited for what is not shown here
	hurried   int               // interleavings in which limits may have run out early, when they are not all; the others are
	hidden    bool              // a process has learned of others what is not shown here
	ample     string            // which limit is taken to be long enough
}

// kind is one way to fail.
type kind struct {
	pattern detect.Pattern
	about   string
	count   int
	least   *search.Execution
	message string
}

// explore explores a program, whatever its processes are.
func explore(ctx context.Context, program model.Program, r Request) (*Report, error) {
	if r.Budget <= 0 {
		r.Budget = DefaultBudget
	}
	x := &exploration{Request: r, program: program, begin: time.Now(), failing: map[uint64]bool{}, names: namesIn(r.Sources)}
	x.report.Seed = r.Seed
	x.report.Means = means
	var err error
	if r.Schedule != "" {
		err = x.replay(ctx)
	} else {
		err = x.explore(ctx)
	}
	x.report.Elapsed = time.Since(x.begin)
	if err != nil {
		return nil, err
	}
	return &x.report, nil
}

func (x *exploration) explore(ctx context.Context) error {
	until := x.begin.Add(x.Budget)
	look := func(until time.Time) (*search.Result, error) {
		return search.Explore(ctx, x.program, search.Settings{
			Workers: x.Workers, Seed: x.Seed, Options: x.options(), Until: until, Saw: x.saw, Try: suggestions,
		})
	}
	result, err := look(until)
	if err != nil {
		return err
	}
	r := &x.report
	if x.torn {
		r.Started += result.Started
		x.pieces, x.torn, x.seen = true, false, 0
		if result, err = look(x.atLeast(until)); err != nil {
			return err
		}
	}
	r.Runs, r.Complete, x.bereft = result.Classes, result.Complete, result.Bereft
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
			return err
		}
		r.Started += timed.Started
		if len(x.failing) > 0 {
			r.Runs, r.Complete = timed.Classes, timed.Complete
		}
		if x.early && r.Complete && !timed.Complete {
			x.hurried = timed.Classes
		}
		r.Complete = r.Complete && timed.Complete
	}
	r.Failing = len(x.failing)
	r.Estimate = max(result.Estimate, float64(r.Runs))
	if r.Complete {
		r.Estimate = float64(r.Runs)
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
	if err := x.failures(ctx); err != nil {
		return err
	}
	if x.relies != nil && r.Failing == 0 {
		if err := x.reliance(ctx); err != nil {
			return err
		}
	}
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

// wrong says what is wrong with a run, or "".
func (x *exploration) wrong(e *search.Execution) string {
	switch e.Ending {
	case search.Asleep, search.Outside:
		return ""
	case search.Deadlocked, search.Livelocked:
		return waitsInWords(e)
	case search.Hung:
		return e.World.PathTitle(e.Hung) + " runs on without coming to another operation"
	case search.Limited:
		if e.Observed != nil && e.Observed.Hit != nil {
			h := e.Observed.Hit
			return fmt.Sprintf("%s limit of %s reached: %s", h.Limit, h.Bound, h.Seen)
		}
		return fmt.Sprintf("it goes on after %d steps", len(e.World.Events))
	}
	if x.Expect == nil || e.Observed == nil {
		return ""
	}
	seen := *e.Observed
	return x.Expect(&seen)
}

// saw takes a run in. It returns false when enough is known.
func (x *exploration) saw(e *search.Execution) bool {
	x.seen++
	if e.Ending == search.Outside {
		x.outside = e
		return false
	}
	x.timing.look(e)
	if !x.clock && e.World.Untimely() {
		return x.more()
	}
	if x.Unordered && !x.Unread && !x.pieces && len(x.failing) == 0 && e.World.InPieces() {
		x.torn = true
		return false
	}
	message := x.wrong(e)
	if message == "" {
		if x.right == nil {
			x.right = e
		}
		return x.more()
	}
	if x.early && x.hurry(e, message) {
		return x.relies == nil
	}
	if len(x.failing) == 0 {
		x.report.FirstAt = x.seen
		x.firstFail = time.Now()
	}
	again := x.failing[e.World.Class()]
	x.failing[e.World.Class()] = true
	if x.All && (again || x.known(e)) {
		return x.more()
	}
	d := diagnose(e)
	k := &kind{pattern: d.Pattern, about: d.Object, message: message, least: e}
	if i := slices.IndexFunc(x.kinds, func(o *kind) bool { return !x.All && o.pattern == k.pattern && o.about == k.about }); i >= 0 {
		k = x.kinds[i]
		if easier(e, k.least) {
			k.least, k.message = e, message
		}
	} else if len(x.kinds) < mostFailures {
		x.kinds = append(x.kinds, k)
	}
	k.count++
	return x.more()
}

// known says whether a schedule is among the failing ones already: of a program
// that is not deterministic, it need not give the same run.
func (x *exploration) known(e *search.Execution) bool {
	s := search.ScheduleOf(e.World).String()
	return slices.ContainsFunc(x.kinds, func(k *kind) bool { return search.ScheduleOf(k.least.World).String() == s })
}

// more says whether to go on. Once there is a failure, it is for a while only, to
// tell how many interleavings fail and whether there are others.
func (x *exploration) more() bool {
	return len(x.failing) == 0 || x.All || time.Since(x.firstFail) < x.Budget/4
}

// easier says whether a run is easier to understand than another.
func easier(a, b *search.Execution) bool {
	return cmp.Or(cmp.Compare(a.Switches(), b.Switches()), cmp.Compare(len(a.World.Events), len(b.World.Events))) < 0
}

func diagnose(e *search.Execution) detect.Diagnosis {
	switch e.Ending {
	case search.Deadlocked:
		return detect.Stuck(e.World, e.Waits)
	case search.Livelocked:
		d := detect.Stuck(e.World, e.Waits)
		if !slices.Contains([]detect.Pattern{detect.Deadlock, detect.SelfDeadlock, detect.JoinFirst}, d.Pattern) {
			d.Pattern = detect.Livelock
		}
		return d
	case search.Hung, search.Limited:
		return detect.Diagnosis{Pattern: detect.Hang}
	}
	return detect.Mistake(e.World)
}

// failures puts one of each kind into the report, the easiest first.
func (x *exploration) failures(ctx context.Context) error {
	most := mostKinds
	if x.All {
		most = mostFailures
	}
	for _, k := range x.kinds[:min(len(x.kinds), most)] {
		f, err := x.failure(ctx, k, func(*search.Execution) bool { return true })
		if err != nil {
			return err
		}
		x.report.Failures = append(x.report.Failures, f)
	}
	slices.SortStableFunc(x.report.Failures, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Switches, b.Switches), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	return nil
}

// failure makes a failure of a kind, of the run with the fewest switches that can be
// found in a few tries and is as wanted.
func (x *exploration) failure(ctx context.Context, k *kind, wanted func(*search.Execution) bool) (Failure, error) {
	if !x.All && k.least.Ending != search.Hung && k.least.Ending != search.Limited {
		same := func(e *search.Execution) bool {
			x.report.Started++
			d := diagnose(e)
			return x.wrong(e) != "" && d.Pattern == k.pattern && d.Object == k.about && (x.clock || !e.World.Untimely()) && wanted(e)
		}
		least, err := search.Minimise(ctx, x.program, x.options(), k.least, same, mostReplays)
		if err != nil {
			return Failure{}, err
		}
		if least != k.least {
			k.least, k.message = least, x.wrong(least)
		}
	}
	f := failureOf(k.least, k.message)
	f.Schedule = x.named(f.Schedule)
	f.Count = k.count
	return f, nil
}

// reliance puts the run into the report that shows which time limit matters.
func (x *exploration) reliance(ctx context.Context) error {
	f, err := x.failure(ctx, x.relies, func(e *search.Execution) bool {
		return overEarly(e.World) >= 0 && x.trusted(e) == blamed
	})
	x.report.Reliance = &f
	return err
}

// findings lists what a right run shows.
func (x *exploration) findings() {
	if x.right == nil {
		return
	}
	w := x.right.World
	about := map[string]bool{}
	for _, f := range append(detect.Atomicity(w), detect.Races(w)...) {
		if about[f.Object] {
			continue
		}
		about[f.Object] = true
		out := Finding{Pattern: f.Pattern, Object: w.Called(f.Object)}
		for _, i := range f.Steps {
			if s := w.Events[i].Op.Site; !slices.Contains(out.Sites, s) {
				out.Sites = append(out.Sites, s)
			}
		}
		a, b := &w.Events[f.Steps[0]], &w.Events[f.Steps[len(f.Steps)-1]]
		if f.Pattern == detect.DataRace {
			out.Text = fmt.Sprintf("%s and %s use %s, one of them writes, and nothing orders them", w.Title(a.Proc), w.Title(b.Proc), out.Object)
		} else {
			out.Text = fmt.Sprintf("%s reads %s and writes it later; no lock keeps %s from writing it in between", w.Title(a.Proc), out.Object, w.Title(b.Proc))
		}
		out.Confirmed = slices.ContainsFunc(x.kinds, func(k *kind) bool { return k.about == f.Object })
		x.report.Findings = append(x.report.Findings, out)
	}
}

// difference puts a difference between runs into a person's words.
func (x *exploration) difference(d *search.Difference) *Difference {
	out := &Difference{Column: Column{Proc: d.Path, Title: d.Path}, Op: d.Op, First: "nothing", Second: "nothing", Site: d.Second.Site}
	w := (*model.World)(nil)
	if x.right != nil {
		w = x.right.World
	} else if len(x.kinds) > 0 {
		w = x.kinds[0].least.World
	}
	if w != nil {
		out.Column.Title = w.PathTitle(d.Path)
	}
	if d.First.Kind != 0 {
		out.First = textOf(w, d.First, "")
		if d.First.Site.Line != 0 {
			out.Site = d.First.Site
		}
	}
	if d.Second.Kind != 0 {
		out.Second = textOf(w, d.Second, "")
	}
	if out.First == out.Second {
		out.First, out.Second = out.First+" with one value", "with another"
	}
	return out
}

// unbuffered looks for a run that fails only when pipes hold nothing, and warns.
func (x *exploration) unbuffered(ctx context.Context, until time.Time) error {
	end := x.atLeast(until)
	o := x.options()
	o.Capacity = -1
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
