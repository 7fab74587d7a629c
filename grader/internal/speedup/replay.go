package speedup

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"

	"lockstep/mp/trace"
)

// A replay is one simulated run.
type replay struct {
	cores float64
	// without is an obstacle that is taken away, to learn what it costs; 0: none.
	// Lock, Acquire, Call: nobody has to wait for a place. Call, Start, Sleep: they take
	// no time. Recv, Wait: what is waited for is there. Join: nobody joins before the
	// last child is started. Task: all workers, and all tasks of a map, have the same work.
	without trace.Kind

	now     float64
	busy    []*runner
	given   []bool            // by token
	waiting map[int][]*runner // by token
	places  []int             // by thing
	free    []int             // … of them
	queue   map[int][]*runner // by thing, in order of arrival

	solo    times            // in which one process alone had something to do
	stalled times            // in which a process waited for another
	held    map[held]float64 // locks
}

// A runner is a process in a replay.
type runner struct {
	*process
	index int
	at    int     // in steps
	left  float64 // seconds of the step
	from  float64 // since when it is in it
	locks []held
}

// held is a lock with the place that took it.
type held struct {
	id   int
	site trace.Site
}

// times add up seconds by where they were spent.
type times map[spot]float64

type spot struct {
	proc int
	kind trace.Kind
	site trace.Site
}

// longest returns the spots, where most time was spent first.
func (t times) longest() []spot {
	return slices.SortedFunc(maps.Keys(t), func(a, b spot) int {
		return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(a.proc, b.proc), cmp.Compare(a.site.Line, b.site.Line), cmp.Compare(a.kind, b.kind))
	})
}

var errStuck = errors.New("cannot replay the run: its processes wait for each other")

// play runs the model on a number of cores. The processes that can run share the
// cores evenly, as an operating system's do over any but the shortest time.
func (m *model) play(cores float64, without trace.Kind) (*replay, error) {
	r := &replay{
		cores: cores, without: without, given: make([]bool, m.tokens), waiting: map[int][]*runner{},
		places: m.places, free: slices.Clone(m.places), queue: map[int][]*runner{},
		solo: times{}, stalled: times{}, held: map[held]float64{},
	}
	var all []*runner
	for i, p := range m.procs {
		all = append(all, &runner{process: p, index: i})
		r.advance(all[i])
	}
	for len(r.busy) > 0 {
		r.pass()
	}
	if slices.ContainsFunc(all, func(one *runner) bool { return one.at < len(one.steps) }) {
		return nil, errStuck
	}
	return r, nil
}

// pass lets time go by until the next step ends.
func (r *replay) pass() {
	const tiny = 1e-12
	running := 0
	for _, one := range r.busy {
		if one.steps[one.at].act == compute {
			running++
		}
	}
	speed := func(one *runner) float64 {
		if one.steps[one.at].act == compute {
			return min(1, r.cores/float64(running))
		}
		return 1
	}
	dt := math.Inf(1)
	for _, one := range r.busy {
		dt = min(dt, one.left/speed(one))
	}
	r.now += dt
	var ended, on []*runner
	for _, one := range r.busy {
		s, done := &one.steps[one.at], dt*speed(one)
		if s.act == compute {
			for _, h := range one.locks {
				r.held[h] += done
			}
			if running == 1 && s.why == working {
				r.solo[spot{one.index, s.kind, s.site}] += dt
			}
		}
		if one.left -= done; one.left <= tiny {
			ended = append(ended, one)
		} else {
			on = append(on, one)
		}
	}
	r.busy = on
	for _, one := range ended {
		one.at++
		r.advance(one)
	}
}

// advance takes a runner through all steps that need no time, until it has one
// that does, has to wait, or is done.
func (r *replay) advance(one *runner) {
	for one.at < len(one.steps) && r.enter(one, &one.steps[one.at]) {
		one.at++
	}
}

// enter begins a step and reports whether it is over already.
func (r *replay) enter(one *runner, s *step) bool {
	one.from = r.now
	switch s.act {
	case compute, pause:
		one.left = s.cost
		switch {
		case r.without == trace.Task && (s.why == working || s.why == outside):
			one.left *= one.pace
		case r.without == trace.Start && (s.why == starting || s.why == waking), r.without == trace.Sleep && s.why == sleeping, r.without == trace.Call && s.why == serving:
			return true
		}
		if one.left > 0 {
			r.busy = append(r.busy, one)
			return false
		}
	case give:
		r.given[s.id] = true
		list := r.waiting[s.id]
		delete(r.waiting, s.id)
		for _, other := range list {
			r.wake(other)
		}
	case await:
		if !r.given[s.id] && !r.spared(one, s) {
			r.waiting[s.id] = append(r.waiting[s.id], one)
			return false
		}
	case take:
		if s.kind == r.without && s.kind != trace.Task {
			return true
		}
		if !r.takes(one, s) {
			r.queue[s.id] = append(r.queue[s.id], one)
			return false
		}
	case leave:
		one.locks = slices.DeleteFunc(one.locks, func(h held) bool { return h.id == s.id })
		r.free[s.id] += r.part(s)
		for {
			i := slices.IndexFunc(r.queue[s.id], func(other *runner) bool { return r.takes(other, &other.steps[other.at]) })
			if i < 0 {
				break
			}
			other := r.queue[s.id][i]
			r.queue[s.id] = slices.Delete(r.queue[s.id], i, i+1)
			r.wake(other)
		}
	}
	return true
}

// spared reports whether the runner is let through without waiting.
func (r *replay) spared(one *runner, s *step) bool {
	if s.kind != r.without {
		return false
	}
	return s.kind == trace.Recv || s.kind == trace.Wait ||
		s.kind == trace.Join && slices.ContainsFunc(one.steps[one.at:], func(s step) bool { return s.kind == trace.Start })
}

// wake lets a waiting runner go on from the step after the one it waited in.
func (r *replay) wake(one *runner) {
	s := &one.steps[one.at]
	r.stalled[spot{one.index, s.kind, s.site}] += r.now - one.from
	one.at++
	r.advance(one)
}

// part is how many places a step takes or leaves.
func (r *replay) part(s *step) int {
	if s.all {
		return r.places[s.id]
	}
	return 1
}

// takes reports whether the places that a step wants are free; they are the runner's then.
func (r *replay) takes(one *runner, s *step) bool {
	if r.free[s.id] < r.part(s) {
		return false
	}
	r.free[s.id] -= r.part(s)
	if s.kind == trace.Lock && s.all {
		one.locks = append(one.locks, held{s.id, s.site})
	}
	return true
}
