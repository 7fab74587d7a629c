package speedup

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// A model is a program's run, taken apart into what each process computed and
// what it waited for, so that it can be replayed on other machines than the one
// that it ran on.
type model struct {
	procs  []*process // the first process is first, then by name
	byName map[string]int

	tokens int            // things that happen once: a child's start, its end, a message
	things map[string]int // locks, semaphores, managers, by their identity
	permit map[int]int    // a semaphore's free places at the beginning
	pools  []*pool
}

// A process is the list of what one process does, in its own order.
type process struct {
	name  string
	steps []step
	pool  int // the pool that it works for; -1: none
	begin int // token: its parent has started it; -1: nobody has
	end   int // token: it has ended
	next  int // pool workers: how many steps come before the first task
}

// A pool's tasks are given to whichever worker is free: on a busy machine one
// worker may have done them all, which says nothing about the program.
type pool struct {
	order []*mapping
}

type mapping struct {
	tasks [][]step
	sites []trace.Site
	done  int // token: all tasks are done
	pool  int
}

// A step is one thing that a process does. Only compute and pause take time of
// their own.
type step struct {
	act  action
	cost float64 // seconds
	why  cause
	id   int // token, thing or pool
	task *mapping
	kind trace.Kind
	site trace.Site
}

type action uint8

const (
	compute action = iota // needs a core
	pause                 // needs none: sleeping, or waiting for the outside
	give                  // a token
	await                 // a token
	lock
	unlock
	serve // a manager's call: cost is the server's time, one call after another
	take  // a semaphore's place
	leave // … is given back
	submit
)

// cause says what a stretch of time is spent for.
type cause uint8

const (
	working  cause = iota
	starting       // the parent's part of starting a child
	waking         // a child's time before its target runs
	sleeping
	outside // waiting for what no event tells: a server, a disk
	serving
)

// conditions are what a trace can't tell about the machine that it was made on.
type conditions struct {
	// waits says that the reference waits for the outside, so that gaps are waiting
	// and not a queue for a core.
	waits bool
}

// mostProcs bounds what a replay costs, which is as many steps as there are events,
// and a look at every process in each.
const mostProcs = 1024

// newModel takes a run's events apart.
func newModel(events []trace.Event, c conditions) (*model, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("cannot reason about a run without events")
	}
	by := byProcess(events)
	m := &model{byName: map[string]int{}, things: map[string]int{}, permit: map[int]int{}}
	if len(by) > mostProcs {
		return nil, fmt.Errorf("cannot reason about a run of more than %d processes", mostProcs)
	}
	names := slices.SortedFunc(maps.Keys(by), compareProc)
	for i, name := range names {
		m.byName[name] = i
		m.procs = append(m.procs, &process{name: name, pool: -1, begin: -1, end: m.token()})
	}
	l := m.link(by, names)
	for i, name := range names {
		m.compile(i, by[name], l, c)
	}
	return m, nil
}

// byProcess gives each process its own events, in its own order.
func byProcess(events []trace.Event) map[string][]trace.Event {
	by := map[string][]trace.Event{}
	for _, e := range events {
		by[e.Proc] = append(by[e.Proc], e)
	}
	for _, own := range by {
		slices.SortFunc(own, func(a, b trace.Event) int { return cmp.Compare(a.Op, b.Op) })
	}
	return by
}

func (m *model) token() int { m.tokens++; return m.tokens - 1 }

func (m *model) thing(name string) int {
	id, ok := m.things[name]
	if !ok {
		id = len(m.things)
		m.things[name] = id
	}
	return id
}

// lists goes through all lists of steps: those of the processes, and of the tasks.
func (m *model) lists() iter.Seq[[]step] {
	return func(yield func([]step) bool) {
		for _, p := range m.procs {
			if !yield(p.steps) {
				return
			}
		}
		for _, p := range m.pools {
			for _, w := range p.order {
				for _, t := range w.tasks {
					if !yield(t) {
						return
					}
				}
			}
		}
	}
}

// compareProc orders "0" < "0.1" < "0.1.1" < "0.2" < "0.10".
func compareProc(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
}
