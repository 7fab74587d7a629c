package speedup

import (
	"errors"
	"math"
	"slices"

	"lockstep/mp/trace"
)

// whatIf takes one obstacle away, to learn what it costs. The zero value takes
// none.
type whatIf struct {
	locks    bool // locks exclude nobody
	joins    bool // nobody joins before the last child is started
	starts   bool // starting takes no time
	sleeps   bool // nor do sleeps
	messages bool // messages are there before they are sent
	signals  bool // nobody waits at a semaphore, an event, a condition or a barrier
	managers bool // managers answer at once
	even     bool // all workers, and all tasks of a map, have the same work
}

// A replay is one simulated run.
type replay struct {
	m     *model
	cores float64
	if_   whatIf

	now     float64
	runners []*runner
	given   []bool
	waiting map[int][]*runner // by token
	holder  map[int]*runner   // by lock or manager
	queue   map[int][]*runner // in order of arrival
	free    map[int]int       // by semaphore
	open    []*mapping        // maps whose tasks are not all taken
	taken   map[*mapping]int
	left    map[*mapping]int
	idle    []*runner // pool workers without a task
	pace    *paces

	end     *node           // the last thing that happened
	solo    times           // in which one process alone had something to do
	stalled times           // in which a process waited for another
	held    map[int]float64 // by lock
}

// A runner is a process in a replay.
type runner struct {
	index int
	steps []step
	at    int
	busy  bool    // in steps[at], for another left
	left  float64 // seconds
	last  *node   // how it came to be here
	from  float64 // since when it is in this step
	job   *mapping
	task  int // of the job
	done  bool
	locks []int
}

var errStuck = errors.New("cannot replay the run: its processes wait for each other")

// play runs the model on a number of cores. The processes that can run share the
// cores evenly, as an operating system's do over any but the shortest time.
func (m *model) play(cores float64, w whatIf) (*replay, error) {
	r := &replay{
		m: m, cores: cores, if_: w,
		given: make([]bool, m.tokens), waiting: map[int][]*runner{}, holder: map[int]*runner{},
		queue: map[int][]*runner{}, free: map[int]int{}, taken: map[*mapping]int{}, left: map[*mapping]int{},
		solo: times{}, stalled: times{}, held: map[int]float64{}, pace: m.paces(w.even),
	}
	for id, n := range m.permit {
		r.free[id] = n
	}
	var ready []*runner
	for i, p := range m.procs {
		one := &runner{index: i, steps: p.steps}
		r.runners = append(r.runners, one)
		ready = append(ready, one)
	}
	for _, one := range ready {
		r.advance(one)
	}
	for {
		next, running := math.Inf(1), 0
		for _, one := range r.runners {
			if one.busy && one.steps[one.at].act == compute {
				running++
			}
		}
		speed := 1.0
		if running > 0 {
			speed = min(1, cores/float64(running))
		}
		for _, one := range r.runners {
			if one.busy {
				next = min(next, one.left/one.rate(speed))
			}
		}
		if math.IsInf(next, 1) {
			break
		}
		r.pass(next, speed, running)
	}
	for _, one := range r.runners {
		if !one.done && !(r.m.procs[one.index].pool >= 0 && one.job == nil) {
			return nil, errStuck
		}
	}
	return r, nil
}

// rate is how much of its step a runner gets done in a second.
func (one *runner) rate(speed float64) float64 {
	if one.steps[one.at].act == compute {
		return speed
	}
	return 1
}

// pass lets time go by until the next step ends.
func (r *replay) pass(dt, speed float64, running int) {
	const tiny = 1e-12
	r.now += dt
	var ended []*runner
	for _, one := range r.runners {
		if !one.busy {
			continue
		}
		s := &one.steps[one.at]
		rate := one.rate(speed)
		one.left -= dt * rate
		if s.act == compute {
			for _, id := range one.locks {
				r.held[id] += dt * rate
			}
			if running == 1 && s.why == working {
				r.solo[spot{one.index, s.kind, s.site}] += dt
			}
		}
		if one.left <= tiny {
			ended = append(ended, one)
		}
	}
	for _, one := range ended {
		s := &one.steps[one.at]
		one.busy = false
		one.last = &node{prev: one.last, proc: one.index, from: one.from, to: r.now, step: s}
		r.end = one.last
		if s.act == serve {
			r.release(s.id, one)
		}
		one.at++
		r.advance(one)
	}
}

// advance takes a runner through all steps that need no time, until it has one
// that does, has to wait, or is done.
func (r *replay) advance(one *runner) {
	for !one.done {
		if one.at == len(one.steps) {
			if !r.nextTask(one) {
				return
			}
			continue
		}
		if !r.enter(one, &one.steps[one.at]) {
			return
		}
		one.at++
	}
}

// enter begins a step and reports whether it is over already.
func (r *replay) enter(one *runner, s *step) bool {
	one.from = r.now
	switch s.act {
	case compute, pause:
		cost := s.cost
		if s.why == working || s.why == outside {
			cost *= r.pace.of(one)
		}
		if r.if_.starts && (s.why == starting || s.why == waking) || r.if_.sleeps && s.why == sleeping {
			cost = 0
		}
		one.left, one.busy = cost, cost > 0
		return !one.busy
	case give:
		r.give(s.id, one)
	case await:
		if r.given[s.id] || r.spared(one, s) {
			return true
		}
		r.waiting[s.id] = append(r.waiting[s.id], one)
		return false
	case lock:
		if r.if_.locks {
			return true
		}
		if r.holder[s.id] != nil {
			r.queue[s.id] = append(r.queue[s.id], one)
			return false
		}
		r.hold(s.id, one)
	case unlock:
		if r.holder[s.id] == one {
			r.release(s.id, one)
		}
	case take:
		if r.if_.signals {
			return true
		}
		if r.free[s.id] == 0 {
			r.queue[s.id] = append(r.queue[s.id], one)
			return false
		}
		r.free[s.id]--
	case leave:
		if q := r.queue[s.id]; len(q) > 0 {
			r.queue[s.id] = q[1:]
			r.wake(q[0], one)
			return true
		}
		r.free[s.id]++
	case serve:
		if s.cost == 0 || r.if_.managers {
			return true
		}
		if r.holder[s.id] != nil {
			r.queue[s.id] = append(r.queue[s.id], one)
			return false
		}
		r.holder[s.id] = one
		one.left, one.busy = s.cost, true
		return false
	case submit:
		return r.submit(one, s)
	}
	return true
}

// spared says whether a what-if lets the runner through without waiting.
func (r *replay) spared(one *runner, s *step) bool {
	switch {
	case r.if_.messages && s.kind == trace.Recv, r.if_.signals && s.kind == trace.Wait:
		return true
	case r.if_.joins && s.kind == trace.Join:
		return slices.ContainsFunc(one.steps[one.at:], func(s step) bool { return s.kind == trace.Start })
	}
	return false
}

func (r *replay) give(token int, by *runner) {
	r.given[token] = true
	list := r.waiting[token]
	delete(r.waiting, token)
	for _, one := range list {
		r.wake(one, by)
	}
}

// wake lets a waiting runner go on from the step after the one it waited in. Its
// past is now that of the process that it waited for.
func (r *replay) wake(one, by *runner) {
	s := one.steps[one.at]
	r.stalled[spot{one.index, s.kind, s.site}] += r.now - one.from
	one.last = by.last
	one.at++
	r.advance(one)
}

func (r *replay) hold(id int, one *runner) {
	r.holder[id] = one
	one.locks = append(one.locks, id)
}

// release gives a lock or a manager to the first that waits for it.
func (r *replay) release(id int, by *runner) {
	by.locks = slices.DeleteFunc(by.locks, func(held int) bool { return held == id })
	delete(r.holder, id)
	q := r.queue[id]
	if len(q) == 0 {
		return
	}
	r.queue[id] = q[1:]
	one := q[0]
	if s := &one.steps[one.at]; s.act == serve {
		r.stalled[spot{one.index, s.kind, s.site}] += r.now - one.from
		one.last = by.last
		r.holder[id] = one
		one.from, one.left, one.busy = r.now, s.cost, true
		return
	}
	r.hold(id, one)
	r.wake(one, by)
}
