package speedup

import (
	"fmt"
	"math"
	"time"

	"lockstep/mp/trace"
)

// A question is what is asked of an observed run.
type question struct {
	workers   int
	atLeast   float64
	capacity  float64 // the machine's; 0: unknown
	reference float64 // seconds that the reference computes and waits; 0: unknown
	least     float64 // … in the quickest of its runs
	share     float64 // processor time that the program uses unobserved, of the reference's beside it; 0: unknown
	waiting   float64 // part of its time that the reference waits for the outside
	waited    float64 // … in seconds
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

// An analysis is what came of one observed run.
type analysis struct {
	Logical
	question
	model *model
	on    *replay // as many cores as workers
	odd   bool    // the events are not what they seem
}

// analyse replays an observed run. The figures follow Cilkview (He, Leiserson
// and Leiserson, SPAA 2010): work, span, and the time that a given number of
// cores needs. Where Cilkview bounds the last from work and span, the replay
// takes locks, messages and the cost of starting processes into account.
func analyse(events []trace.Event, q question) (*analysis, error) {
	m, err := newModel(events, q.waiting > 0)
	if err != nil {
		return nil, err
	}
	on, err := m.play(float64(q.workers), 0)
	if err != nil {
		return nil, err
	}
	free, err := m.play(math.Inf(1), 0)
	if err != nil {
		return nil, err
	}
	here, err := m.play(max(q.capacity, 1), 0)
	if err != nil {
		return nil, err
	}
	work, all := m.useful(), 0.0 // all: that some process spends doing something, waiting for nobody
	work *= q.needed(work)
	for _, spent := range m.spent {
		all += spent
	}
	a := &analysis{question: q, model: m, on: on, Logical: Logical{
		Work: all, Span: free.now, Parallelism: quotient(all, free.now), OnWorkers: on.now,
		Speedup: quotient(work, on.now), Efficiency: quotient(work, on.now) / float64(q.workers), Predicted: quotient(work, here.now),
	}}
	a.say(q.atLeast)
	if w := m.spent[outside]; q.waited > 0 && (w > mostWaiting*q.waited || w < leastWaiting*q.waited) {
		a.odd, a.Says = true, NotChecked
		a.Why = fmt.Sprintf("the events show %v of waiting where the reference waits %v", seconds(w).Round(time.Millisecond), seconds(q.waited).Round(time.Millisecond))
	}
	return a, nil
}

// needed is the part of what a run computed that the reference does too, or not much less.
// On a machine that is shared, all that runs at a busy moment takes more processor time: so
// the rest is held against a program only as far as it used that in its unobserved runs too.
func (q question) needed(useful float64) float64 {
	if q.reference == 0 || useful <= q.reference*slack {
		return 1
	}
	part := q.reference * slack / useful
	if q.waiting == 0 && q.share > 0 && q.reference >= countable {
		part = max(part, min(1, slack/q.share))
	}
	return part
}

// shareOf is what the program computes of what the reference does, without what it takes to
// start processes, which may be as much on a machine where that is slow; 1: nobody knows.
// It accuses: that the reference ran at a busier moment must be no reason to.
func (a *analysis) shareOf(q question) float64 {
	if a == nil || a.odd || q.waiting > 0 || q.least < countable {
		return 1
	}
	return a.model.useful() / q.least
}

// quotient is 0, which every figure takes for unknown, of no time.
func quotient(work, time float64) float64 {
	if time <= 0 {
		return 0
	}
	return work / time
}

// say judges the figure.
func (l *Logical) say(atLeast float64) {
	switch {
	case l.Efficiency >= atLeast*(1+nearness):
		l.Says = Pass
	case l.Efficiency <= atLeast*(1-nearness):
		l.Says = Fail
	default:
		l.Says, l.Why = NotChecked, "the figure is too near what is wanted"
	}
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }
