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
	"lockstep/mp/trace"
)

// kind is one way to fail.
type kind struct {
	pattern detect.Pattern
	about   string
	count   int
	least   *search.Execution
	fault   Fault
}

// wrong says what is wrong with a run.
func (x *exploration) wrong(e *search.Execution) Fault {
	switch e.Ending {
	case search.Asleep, search.Outside:
		return Fault{}
	case search.Deadlocked, search.Livelocked:
		return Fault{Text: waitsInWords(e)}
	case search.Hung:
		return Fault{Text: e.World.PathTitle(e.Hung) + " runs on without coming to another operation"}
	case search.Limited:
		if e.Observed != nil && e.Observed.Exceeded != nil {
			h := e.Observed.Exceeded
			return Fault{Text: fmt.Sprintf("%s limit of %s reached: %s", h.Limit, h.Bound, h.Seen)}
		}
		return Fault{} // too long for us, which is no fault
	}
	if x.Expect == nil || e.Observed == nil {
		return Fault{}
	}
	seen := *e.Observed
	return x.Expect(&seen)
}

// saw takes a run in. It returns false when enough is known.
func (x *exploration) saw(e *search.Execution) bool {
	x.seen++
	x.long = x.long || e.Ending == search.Limited && (e.Observed == nil || e.Observed.Exceeded == nil)
	x.common = x.common || e.World.Common()
	x.began = x.began || began(e)
	if (e.Threads || x.long) && x.loose.IsZero() {
		x.loose = time.Now()
	}
	if e.Ending == search.Outside {
		x.outside = e
		return false
	}
	x.timing.look(e, x.clock)
	if !x.clock && e.World.Untimely() {
		return x.more()
	}
	if x.Unordered && !x.Unread && !x.pieces && len(x.failing) == 0 && e.World.InPieces() {
		x.torn = true
		return false
	}
	fault := x.wrong(e)
	if fault == (Fault{}) {
		x.goes(e)
		return x.more()
	}
	if x.early && x.hurry(e, fault) {
		return x.relies == nil
	}
	if x.late(e, fault) {
		return x.more()
	}
	x.fails(e, fault)
	return x.more()
}

// goes takes in a run that goes right.
func (x *exploration) goes(e *search.Execution) {
	if x.right == nil {
		x.right = e
	}
	x.sound = x.sound || !detect.Loses(e.World)
}

// fails takes in a run that fails.
func (x *exploration) fails(e *search.Execution, fault Fault) {
	if len(x.failing) == 0 {
		x.report.FirstAt = x.seen
		x.firstFail = time.Now()
	}
	again := x.failing[e.World.Class()]
	x.failing[e.World.Class()] = true
	if x.All && (again || x.known(e)) {
		return
	}
	d := x.diagnose(e)
	k := &kind{pattern: d.Pattern, about: d.Object, fault: fault, least: e}
	if i := slices.IndexFunc(x.kinds, func(o *kind) bool { return !x.All && o.pattern == k.pattern && o.about == k.about }); i >= 0 {
		k = x.kinds[i]
		if easier(e, k.least) {
			k.least, k.fault = e, fault
		}
	} else if len(x.kinds) < mostFailures {
		x.kinds = append(x.kinds, k)
	}
	k.count++
}

// began reports whether a process of a run came to an operation. Before mp.Main, a
// process only ends.
func began(e *search.Execution) bool {
	return slices.ContainsFunc(e.World.Events, func(v model.Event) bool { return v.Op.Kind != trace.Exit && v.Op.Kind != trace.Print })
}

// known reports whether a schedule is among the failing ones already: of a program
// that is not deterministic, it need not give the same run.
func (x *exploration) known(e *search.Execution) bool {
	s := search.ScheduleOf(e.World).String()
	return slices.ContainsFunc(x.kinds, func(k *kind) bool { return search.ScheduleOf(k.least.World).String() == s })
}

// more reports whether to go on. Once there is a failure, it is for a while only, to
// tell how many interleavings fail and whether there are others; so it is once the
// program does what schedules can't govern, or goes on for too long, to see whether it
// goes wrong all the same.
func (x *exploration) more() bool {
	if !x.loose.IsZero() && time.Since(x.loose) > x.Budget/4 {
		return false
	}
	return len(x.failing) == 0 || x.All || !x.Brief && time.Since(x.firstFail) < x.Budget/4
}

// easier reports whether a run is easier to understand than another.
func easier(a, b *search.Execution) bool {
	return cmp.Or(cmp.Compare(a.Switches(), b.Switches()), cmp.Compare(len(a.World.Events), len(b.World.Events))) < 0
}

// diagnose names what is wrong with a run that fails. That its steps could have come in
// another order explains nothing where every order that was tried is wrong.
func (x *exploration) diagnose(e *search.Execution) detect.Diagnosis {
	d := diagnose(e)
	if d.Loose && x.over && !x.sound {
		return detect.Diagnosis{Pattern: detect.Wrong}
	}
	return d
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
	_, _, panics := panicked(e)
	return detect.Mistake(e.World, panics)
}

// rename names the kinds by all that is known at the end, and joins those that are one.
func (x *exploration) rename() {
	x.over = true
	var kept []*kind
	for _, k := range x.kinds {
		d := x.diagnose(k.least)
		k.pattern, k.about = d.Pattern, d.Object
		i := slices.IndexFunc(kept, func(o *kind) bool { return !x.All && o.pattern == k.pattern && o.about == k.about })
		if i < 0 {
			kept = append(kept, k)
			continue
		}
		if o := kept[i]; easier(k.least, o.least) {
			o.least, o.fault = k.least, k.fault
		}
		kept[i].count += k.count
	}
	x.kinds = kept
}

// failures puts one of each kind into the report, the easiest first.
func (x *exploration) failures(ctx context.Context) error {
	most := mostKinds
	if x.All {
		most = mostFailures
	}
	kinds := x.kinds[:min(len(x.kinds), most)]
	failures := map[*kind]Failure{}
	for _, k := range kinds {
		f, err := x.failure(ctx, k, func(*search.Execution) bool { return true })
		if err != nil {
			return err
		}
		failures[k] = f
	}
	slices.SortStableFunc(kinds, func(j, k *kind) int {
		a, b := failures[j], failures[k]
		return cmp.Or(cmp.Compare(a.Switches, b.Switches), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	for i, k := range kinds {
		f := failures[k]
		if i == 0 && !x.Brief { // the one that is shown
			if err := x.foretell(ctx, k.least, &f); err != nil {
				return err
			}
		}
		x.report.Failures = append(x.report.Failures, f)
	}
	return nil
}

// failure makes a failure of a kind, of the run with the fewest switches that can be
// found in a few tries and is as wanted.
func (x *exploration) failure(ctx context.Context, k *kind, wanted func(*search.Execution) bool) (Failure, error) {
	if !x.All && !x.Brief && k.least.Ending != search.Hung && k.least.Ending != search.Limited {
		same := func(e *search.Execution) bool {
			x.report.Started++
			d := x.diagnose(e)
			return x.wrong(e) != (Fault{}) && d.Pattern == k.pattern && d.Object == k.about && (x.clock || !e.World.Untimely()) && wanted(e)
		}
		least, err := search.Minimise(ctx, x.program, x.options(), k.least, same, mostReplays)
		if err != nil {
			return Failure{}, err
		}
		if least != k.least {
			k.least, k.fault = least, x.wrong(least)
		}
	}
	f := x.failureOf(k.least, k.fault)
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
