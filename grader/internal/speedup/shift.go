package speedup

import (
	"slices"
)

// submit offers a map's tasks and waits for the last of them.
func (r *replay) submit(one *runner, s *step) bool {
	if len(s.task.tasks) == 0 || r.given[s.task.done] {
		return true
	}
	if _, ok := r.left[s.task]; !ok {
		r.left[s.task] = len(s.task.tasks)
		r.open = append(r.open, s.task)
		r.rouse(one)
	}
	if r.given[s.task.done] {
		return true
	}
	r.waiting[s.task.done] = append(r.waiting[s.task.done], one)
	return false
}

// rouse lets idle pool workers look again for something to do, or learn that
// there will be nothing.
func (r *replay) rouse(by *runner) {
	idle := r.idle
	r.idle = nil
	for _, one := range idle {
		one.last = by.last
		r.advance(one)
	}
}

// nextTask ends what the runner did and finds it something else to do.
func (r *replay) nextTask(one *runner) bool {
	p := r.m.procs[one.index]
	if p.pool < 0 {
		one.done = true
		return false
	}
	if one.job != nil {
		w := one.job
		one.job = nil
		if r.left[w]--; r.left[w] == 0 {
			r.give(w.done, one)
			r.rouse(one)
		}
	}
	for _, w := range r.m.pools[p.pool].order {
		if slices.Contains(r.open, w) && r.taken[w] < len(w.tasks) {
			one.job, one.task, one.steps, one.at = w, r.taken[w], w.tasks[r.taken[w]], 0
			r.taken[w]++
			return true
		}
	}
	over := func(w *mapping) bool { return r.given[w.done] || len(w.tasks) == 0 }
	if i := slices.IndexFunc(r.m.pools[p.pool].order, func(w *mapping) bool { return !over(w) }); i < 0 {
		one.done = true
		r.give(p.end, one)
		return false
	}
	one.steps, one.at = nil, 0
	r.idle = append(r.idle, one)
	return false
}
