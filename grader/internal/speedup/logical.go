package speedup

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"lockstep/mp/trace"
)

// A question is what is asked of an observed run.
type question struct {
	workers    int
	atLeast    float64
	capacity   float64       // the machine's; 0: unknown
	reference  time.Duration // the reference's own time, computing and waiting; 0: unknown
	waited     time.Duration // how long the reference waits for the outside
	conditions conditions
}

const (
	// An efficiency this close to what is wanted is too near for a figure that is
	// right within five per cent.
	nearness = 0.05
	// The student's program may use this much more time than the reference before
	// the difference counts against it.
	slack = 1.25
	// Where events show this much more, or that much less, waiting for the outside
	// than the reference's, gaps between them are something else.
	mostWaiting, leastWaiting = 1.5, 0.7
)

// analyse replays an observed run. The figures follow Cilkview (He, Leiserson
// and Leiserson, SPAA 2010): work, span, and the time that a given number of
// cores needs. Where Cilkview bounds the last from work and span, the replay
// takes locks, messages and the cost of starting processes into account.
func analyse(events []trace.Event, q question) (*Logical, []Reason, error) {
	m, err := newModel(events, q.conditions)
	if err != nil {
		return nil, nil, err
	}
	on, err := m.play(float64(q.workers), whatIf{})
	if err != nil {
		return nil, nil, err
	}
	free, err := m.play(math.Inf(1), whatIf{})
	if err != nil {
		return nil, nil, err
	}
	spread := m.spread()
	work := spread.useful()
	all := m.all()
	l := &Logical{
		Work: seconds(all), Span: seconds(free.now), OnWorkers: seconds(on.now),
		Runs: 1, Path: steps(m, on.path()),
	}
	if free.now > 0 {
		l.Parallelism = all / free.now
	}
	if q.reference > 0 {
		work = min(work, q.reference.Seconds()*slack)
	}
	if on.now > 0 {
		l.Speedup = work / on.now
	}
	l.Efficiency = l.Speedup / float64(q.workers)
	if q.capacity > 0 {
		here, err := m.play(q.capacity, whatIf{})
		if err != nil {
			return nil, nil, err
		}
		if here.now > 0 {
			l.Predicted = work / here.now
		}
	}
	l.say(q.atLeast)
	if w := m.outside(); q.conditions.waits && q.waited > 0 && (w > mostWaiting*q.waited.Seconds() || w < leastWaiting*q.waited.Seconds()) {
		l.Says, l.Why = NotChecked, fmt.Sprintf("the events show %v of waiting where the reference waits %v", seconds(w).Round(time.Millisecond), q.waited.Round(time.Millisecond))
	}
	reasons, err := m.reasons(on, spread, q)
	return l, reasons, err
}

const tooNear = "the figure is too near what is wanted"

// say judges the figure.
func (l *Logical) say(atLeast float64) {
	switch {
	case l.Efficiency >= atLeast*(1+nearness):
		l.Says = Pass
	case l.Efficiency <= atLeast*(1-nearness):
		l.Says = Fail
	default:
		l.Says, l.Why = NotChecked, tooNear
	}
}

// all is all time that some process spends doing something, waiting for nobody.
func (m *model) all() float64 {
	sum := 0.0
	for list := range m.lists() {
		for _, s := range list {
			if s.act == compute || s.act == pause || s.act == serve {
				sum += s.cost
			}
		}
	}
	return sum
}

// outside is all time that is spent waiting for the outside.
func (m *model) outside() float64 {
	sum := 0.0
	for list := range m.lists() {
		for _, s := range list {
			if s.why == outside {
				sum += s.cost
			}
		}
	}
	return sum
}

// steps writes the critical path down, neighbours of a kind as one.
func steps(m *model, path []*node) []Step {
	var list []Step
	for _, n := range path {
		s := Step{Proc: m.procs[n.proc].name, What: doing(n.step), Time: seconds(n.to - n.from), Site: n.step.site}
		if last := len(list) - 1; last >= 0 && list[last].Proc == s.Proc && list[last].What == s.What && (list[last].Site == s.Site || s.Time < 100*time.Microsecond) {
			list[last].Time += s.Time
			continue
		}
		list = append(list, s)
	}
	return list
}

func doing(s *step) string {
	switch s.why {
	case starting:
		return "starts a process"
	case waking:
		return "is starting"
	case sleeping:
		return "sleeps"
	case outside:
		return "waits"
	case serving:
		return "asks a manager"
	}
	return "computes"
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// middle picks the run whose efficiency is the median: figures of one run fit
// together, a mean of several would not. Runs that say nothing are left out where
// others say something.
func middle(runs []observed) observed {
	sorted := slices.Clone(runs)
	if slices.ContainsFunc(sorted, observed.speaks) {
		sorted = slices.DeleteFunc(sorted, func(o observed) bool { return !o.speaks() })
	}
	slices.SortStableFunc(sorted, func(a, b observed) int { return cmp.Compare(a.logical.Efficiency, b.logical.Efficiency) })
	o := sorted[(len(sorted)-1)/2]
	copied := *o.logical
	copied.Runs = len(runs)
	o.logical = &copied
	return o
}

// observed is one observed run, thought through.
type observed struct {
	logical *Logical
	reasons []Reason
	events  []trace.Event
}

// speaks says whether the run allows a figure to be trusted at all.
func (o observed) speaks() bool { return o.logical.Says != NotChecked || o.logical.Why == tooNear }
