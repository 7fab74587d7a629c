package speedup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// A model is a program's run, taken apart into what each process computed and
// what it waited for, so that it can be replayed on other machines than the one
// that it ran on.
type model struct {
	procs    []*process // the first process is first, then by name; then tasks
	byName   map[string]*process
	children []*process // that somebody started and that take no tasks from a pool
	pools    []*pool

	tokens int            // things that happen once: a child's start, its end, a message
	things map[string]int // that have places, by their identity: locks, semaphores, managers, pools
	places []int          // … free at the beginning

	service map[[2]string]time.Duration // a manager's own time per call, by object and method: the shortest seen

	spent map[cause]float64      // seconds, of all together
	slept map[trace.Site]float64 // … and those slept, by place
}

// A process is the list of what one process does, in its own order. The tasks of a pool
// are processes too: they are given to whichever worker is free, and on a busy machine
// one worker may have done them all, which says nothing about the program.
type process struct {
	steps []step
	site  trace.Site // where it was started, or a task's function
	pool  *pool      // that it works for
	begin int        // token: somebody has started it; -1: nobody has
	end   int        // token: it has ended
	work  float64    // seconds of its own
	pace  float64    // stretches or shrinks them, so that all of its kind have the same
}

// A step is one thing that a process does. Only compute and pause take time.
type step struct {
	act  action
	cost float64 // seconds
	why  cause
	id   int  // token or thing
	all  bool // all of the thing's places, not one
	kind trace.Kind
	site trace.Site
}

type action uint8

const (
	compute action = iota // needs a core
	pause                 // needs none: sleeping, or waiting for the outside or a manager
	give                  // a token
	await                 // a token
	take                  // a thing's place, or all: a lock and a manager have one, a lock for readers many
	leave                 // … is given back
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

// newModel takes a run's events apart. waits says that the reference waits for the
// outside, so that gaps between events are waiting and not a queue for a core.
func newModel(events []trace.Event, waits bool) (*model, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("cannot reason about a run without events")
	}
	by := map[string][]*op{}
	for _, e := range events {
		by[e.Proc] = append(by[e.Proc], &op{Event: e})
	}
	m := &model{
		byName: map[string]*process{}, things: map[string]int{}, service: map[[2]string]time.Duration{},
		spent: map[cause]float64{}, slept: map[trace.Site]float64{},
	}
	names := slices.SortedFunc(maps.Keys(by), compareProc)
	for _, name := range names {
		slices.SortFunc(by[name], func(a, b *op) int { return cmp.Compare(a.Op, b.Op) })
		if e := entangled(by[name]); e != nil {
			return nil, fmt.Errorf("%s: another goroutine of the process uses mp at the same time, so its events have no order to reason from", e.Site)
		}
		m.byName[name] = &process{begin: -1, end: m.token()}
		m.procs = append(m.procs, m.byName[name])
	}
	m.link(by, names)
	for _, p := range m.procs {
		if p.begin >= 0 && p.pool == nil {
			m.children = append(m.children, p)
		}
	}
	for _, name := range slices.Backward(names) { // a map's tasks are known before the map
		m.compile(m.byName[name], by[name], waits)
	}
	for _, tasks := range m.groups()[1:] {
		m.procs = append(m.procs, tasks...)
	}
	m.weigh()
	return m, nil
}

// entangled finds an operation during which its process began another. Operations of one
// goroutine follow each other, but for those of a pool's task, which is one itself.
func entangled(events []*op) *op {
	for i, e := range events[:len(events)-1] {
		if e.Kind != trace.Task && events[i+1].Enter < e.Leave {
			return events[i+1]
		}
	}
	return nil
}

func (m *model) token() int { m.tokens++; return m.tokens - 1 }

func (m *model) thing(name string, places int) int {
	id, ok := m.things[name]
	if !ok {
		id = len(m.places)
		m.things[name], m.places = id, append(m.places, places)
	}
	return id
}

// groups are those who share some work: the children, and the tasks of each round.
func (m *model) groups() [][]*process {
	list := [][]*process{m.children}
	for _, p := range m.pools {
		list = append(list, p.rounds()...)
	}
	return list
}

// weigh adds up what everybody does.
func (m *model) weigh() {
	for _, p := range m.procs {
		p.pace = 1
		for _, s := range p.steps {
			m.spent[s.why] += s.cost
			switch s.why {
			case working, outside:
				p.work += s.cost
			case sleeping:
				m.slept[s.site] += s.cost
			}
		}
	}
	for _, group := range m.groups() {
		mean := total(group) / float64(len(group))
		for _, p := range group {
			if p.work > 0 {
				p.pace = mean / p.work
			}
		}
	}
}

// useful is all time that the program would need without any processes.
func (m *model) useful() float64 { return m.spent[working] + m.spent[outside] }

func total(list []*process) (sum float64) {
	for _, p := range list {
		sum += p.work
	}
	return sum
}

// compareProc orders "0" < "0.1" < "0.1.1" < "0.2" < "0.10".
func compareProc(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
}
