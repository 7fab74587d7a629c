package explore

import (
	"fmt"
	"time"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// What a time limit is worth. Nobody promises a program how fast its processes get
// on, so a wait with a limit may be over before what it waits for comes. What
// follows from that is no failure, for nothing says that it will happen; but a
// program that is wrong then, and does not say so, is not right in every
// interleaving either: it relies on its limit. Two things speak for a program.
//
// It notices: the first process ends with an exit code that says that something
// went wrong, and no process has died of it. Then the limit need only be longer
// than what the work takes.
//
// Or the limit is ample: a few seconds, and many times what the program's sleeps
// and its processor time come to. Then the report only warns.
const (
	leastAmple = 2 * time.Second
	ampleTimes = 20
	fairTimes  = 2
)

// timing is what the runs show of sleeps and limits.
type timing struct {
	sleeps bool // and waits with a limit, in one run
	limits bool
	needs  time.Duration // sleeps and processor time of the run that takes most
	timed  bool          // … of the runs in which time passes as the program says
}

// look takes in a run. Where sleeps take no time, processes sleep to the end that are
// ended long before by the program's own limits; so once there are runs by the clock
// only they say what the program needs.
func (t *timing) look(x *search.Execution, clock bool) {
	sleeps, limits, needs := false, false, time.Duration(0)
	if x.Observed != nil {
		needs = x.Observed.CPU
	}
	for i := range x.World.Events {
		e := &x.World.Events[i]
		if e.Op.Kind == trace.Sleep {
			sleeps, needs = true, needs+e.Op.Limit
		}
		limits = limits || e.Limited()
	}
	if clock && !t.timed {
		t.timed, t.needs = true, 0
	}
	if clock == t.timed {
		t.needs = max(t.needs, needs)
	}
	t.sleeps = t.sleeps || sleeps && limits
	t.limits = t.limits || limits
}

// trust says how far a limit is taken to be long enough.
type trust uint8

const (
	blamed   trust = iota // the program relies on it
	warned                // … and may
	accepted              // the program notices when it is over
)

// trusted judges a run that is wrong after limits were over early.
func (x *exploration) trusted(e *search.Execution) trust {
	shortest := time.Duration(-1)
	for i := range e.World.Events {
		if f := &e.World.Events[i]; f.TimeOver() && (shortest < 0 || f.Op.Limit < shortest) {
			shortest = f.Op.Limit
		}
	}
	switch {
	case x.notices(e) && shortest >= fairTimes*x.needs:
		return accepted
	case shortest >= max(leastAmple, ampleTimes*x.needs):
		return warned
	}
	return blamed
}

// notices reports whether a program reports that something went wrong.
func (x *exploration) notices(e *search.Execution) bool {
	if e.Ending != search.Ended || e.Observed == nil || e.Observed.Exit.Code == 0 || e.Observed.Exit.Signal != 0 {
		return false
	}
	for i := range e.World.Events {
		if e.World.Events[i].Phase == model.Dies {
			return false
		}
	}
	return x.right == nil || x.right.Observed == nil || x.right.Observed.Exit != e.Observed.Exit
}

// overEarly is the first wait of a run that is over although nothing says that it
// must be; -1: there is none.
func overEarly(w *model.World) int {
	for i := range w.Events {
		if e := &w.Events[i]; e.TimeOver() && !e.Forced {
			return i
		}
	}
	return -1
}

// hurry takes in a wrong run of the pass in which limits may be over early. It says
// whether the run is one that only a limit makes wrong.
func (x *exploration) hurry(e *search.Execution, fault Fault) bool {
	if overEarly(e.World) < 0 {
		return false
	}
	switch x.trusted(e) {
	case blamed:
		if x.relies == nil || easier(e, x.relies.least) {
			d := diagnose(e)
			x.relies = &kind{pattern: d.Pattern, about: d.Object, fault: fault, least: e, count: 1}
		}
	case warned:
		at := &e.World.Events[overEarly(e.World)]
		x.ample = fmt.Sprintf("the time limit of %s%s is taken to be long enough; when it runs out: %s", at.Op.Limit, atSite(at.Op.Site), fault)
	}
	return true
}

// late takes in a run that is wrong, and reports whether it says nothing of the program
// because somebody in it is far slower than anybody will be. Others may be slow, but no worker
// that sleeps for an hour is ready before its parent, which looks whether it is and sleeps in
// between, has waited for a second. What can only be wrong so is looked at by the clock; and
// where a process waits by what the clock doesn't count, nobody knows which comes first.
// A mistake that has another name is one, however slow somebody is.
func (x *exploration) late(e *search.Execution, fault Fault) bool {
	if d := diagnose(e); !d.Loose && d.Pattern != detect.Wrong || e.Ending != search.Ended {
		return false
	}
	if x.clock && e.World.Hasty {
		x.unclear = "a loop goes round too often while another process sleeps"
		return true
	}
	at := e.World.Belated(leastAmple, ampleTimes)
	switch {
	case at < 0:
		return false
	case !x.clock:
		x.sleeps = true // so that there is a pass by the clock
		return true
	case !mentions(x.Sources, "time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.New", "time.Tick", "context.With"):
		return false
	}
	look := &e.World.Events[at]
	x.unclear = fmt.Sprintf("%s waits%s for as long as package time says, which package mp does not show, while others sleep", e.World.Title(look.Proc), atSite(look.Op.Site))
	return true
}

func atSite(s trace.Site) string {
	if at := s.String(); at != "" {
		return " at " + at
	}
	return ""
}

// limitInWords says which limit a program relies on.
func limitInWords(e *search.Execution, fault Fault) string {
	w := e.World
	at := &w.Events[overEarly(w)]
	return fmt.Sprintf("relies on a time limit: %s waits for at most %s%s, and when nothing has come by then: %s",
		w.Title(at.Proc), at.Op.Limit, atSite(at.Op.Site), fault)
}
