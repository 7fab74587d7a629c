package speedup

import (
	"slices"
	"strings"

	"lockstep/mp/trace"
)

type pool struct {
	id      int // a thing whose places are workers without a task
	workers []*process
	maps    []*mapping
}

type mapping struct {
	pool        *pool
	site        trace.Site
	begin, done int // tokens
	tasks       []*process
	beside      bool // it is a call of Go, and the result of one before it is still to come
	had         bool // … and its result was asked for
}

// rounds are the tasks that a pool is given at a time: those of a map, or of calls of Go
// up to one before which the results of all were asked for.
func (p *pool) rounds() (list [][]*process) {
	for _, w := range p.maps {
		if !w.beside {
			list = append(list, nil)
		}
		last := len(list) - 1
		list[last] = append(list[last], w.tasks...)
	}
	return list
}

// poolWorker is what package mp calls the target of a pool's processes.
const poolWorker = "mp.worker"

// goes is the method of a Map that is a call of Go.
const goes = "go"

// A goCall is what tells a call of Go: its pool and number, or, as its task has it, who asked,
// for which task of which argument, and its number.
type goCall struct {
	of, task, arg string
	index         int
}

// asked are the maps and calls of Go that nobody has been found to work for.
type asked struct {
	maps  []*op
	calls map[goCall][]*op
}

// linkPools finds which processes work for which pool, and which task belongs to
// which map: the call of Go that has its number, or else the map that its worker's parent
// was waiting for.
func (m *model) linkPools(by map[string][]*op, names []string, all []*op) {
	ask, of := m.linkMaps(all), map[string]*pool{} // workers with tasks
	for _, name := range names {
		for _, task := range by[name] {
			if task.Kind != trace.Task {
				continue
			}
			if task.job = ask.job(task); task.job == nil { // tasks that nobody asked for are just what this process did
				delete(of, name)
				break
			}
			of[name] = task.job.pool
		}
	}
	started := map[string]bool{} // as workers
	for _, e := range all {
		if e.Kind == trace.Start && e.Name == poolWorker {
			started[e.Object] = true
		}
	}
	// A worker without a task belongs to the pool of the one that was started before it,
	// or else after.
	for i, name := range names {
		p := of[name]
		siblings := slices.Clone(names[:i])
		slices.Reverse(siblings)
		for _, other := range append(siblings, names[i+1:]...) {
			if p == nil && started[name] && parentOf(other) == parentOf(name) {
				p = of[other]
			}
		}
		if p != nil {
			m.procs[i].pool, p.workers = p, append(p.workers, m.procs[i])
		}
	}
}

// linkMaps finds the pools, what each is asked for, and which results of calls of Go are
// waited for.
func (m *model) linkMaps(all []*op) *asked {
	pools, a := map[string]*pool{}, &asked{calls: map[goCall][]*op{}}
	awaited, pending := map[goCall]*op{}, map[string]int{} // calls of Go; by pool, those whose results nobody has had
	for _, e := range all {
		number := goCall{of: e.Object, index: e.Index}
		switch {
		case e.Kind == trace.Map:
			p := pools[e.Object]
			if p == nil {
				p = &pool{id: m.thing("pool "+e.Object, 0)}
				pools[e.Object], m.pools = p, append(m.pools, p)
			}
			e.job = &mapping{pool: p, site: e.Site, begin: m.token(), done: m.token()}
			p.maps = append(p.maps, e.job)
			switch {
			case e.Method != goes:
				a.maps = append(a.maps, e)
			case e.Outcome == trace.OK:
				task := goCall{e.Proc, e.Name, e.Arg, e.Index}
				a.calls[task], awaited[number] = append(a.calls[task], e), e
				e.job.beside = pending[e.Object] > 0
				pending[e.Object]++
			}
		case e.Kind == trace.Next && awaited[number] != nil && e.Outcome != trace.Timeout:
			e.job = awaited[number].job
			if !e.job.had {
				e.job.had = true
				pending[e.Object]--
			}
		}
	}
	return a
}

// job is the map or call that a task belongs to; nil: nobody asked for it.
func (a *asked) job(task *op) *mapping {
	number := goCall{parentOf(task.Proc), task.Name, task.Arg, task.Index}
	if calls := a.calls[number]; len(calls) > 0 && calls[0].Enter <= task.Enter {
		a.calls[number] = calls[1:]
		return calls[0].job
	}
	i := slices.IndexFunc(a.maps, func(e *op) bool {
		return e.Proc == parentOf(task.Proc) && e.Name == task.Name && e.Enter <= task.Enter && task.Enter <= e.Leave
	})
	if i < 0 {
		return nil
	}
	return a.maps[i].job
}

func parentOf(proc string) string {
	return proc[:max(0, strings.LastIndexByte(proc, '.'))]
}
