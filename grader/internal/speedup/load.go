package speedup

import "slices"

// A load is how a program's work is spread over those that share it: the child
// processes, or the tasks of a pool.
type load struct {
	procs []float64 // by process: seconds of its own work
	tasks map[*mapping][]float64
	tool  float64 // seconds spent starting and being started
}

// spread adds up what each process and each task does.
func (m *model) spread() load {
	l := load{procs: make([]float64, len(m.procs)), tasks: map[*mapping][]float64{}}
	for i, p := range m.procs {
		for _, s := range p.steps {
			switch s.why {
			case starting, waking:
				l.tool += s.cost
			case working, outside:
				l.procs[i] += s.cost
			}
		}
	}
	for _, p := range m.pools {
		for _, w := range p.order {
			for _, t := range w.tasks {
				sum := 0.0
				for _, s := range t {
					if s.why == working || s.why == outside {
						sum += s.cost
					}
				}
				l.tasks[w] = append(l.tasks[w], sum)
			}
		}
	}
	return l
}

// useful is all time that the program would need without any processes.
func (l load) useful() float64 {
	sum := total(l.procs)
	for _, t := range l.tasks {
		sum += total(t)
	}
	return sum
}

// children are the processes that somebody started and that take no tasks from
// a pool.
func (m *model) children() []int {
	var list []int
	for i, p := range m.procs {
		if p.begin >= 0 && p.pool < 0 {
			list = append(list, i)
		}
	}
	return list
}

// poolWorkers counts the processes of a pool.
func (m *model) poolWorkers(pool int) int {
	n := 0
	for _, p := range m.procs {
		if p.pool == pool {
			n++
		}
	}
	return n
}

// paces stretch or shrink work, so that all children, and all tasks of a map,
// have the same.
type paces struct {
	proc []float64
	task map[*mapping][]float64
}

func (m *model) paces(even bool) *paces {
	p := &paces{}
	if !even {
		return p
	}
	l := m.spread()
	p.proc = slices.Repeat([]float64{1}, len(m.procs))
	children := m.children()
	sum := 0.0
	for _, i := range children {
		sum += l.procs[i]
	}
	for _, i := range children {
		if l.procs[i] > 0 {
			p.proc[i] = sum / float64(len(children)) / l.procs[i]
		}
	}
	p.task = map[*mapping][]float64{}
	for w, list := range l.tasks {
		mean := total(list) / float64(len(list))
		for _, t := range list {
			pace := 1.0
			if t > 0 {
				pace = mean / t
			}
			p.task[w] = append(p.task[w], pace)
		}
	}
	return p
}

// of is the factor for what a runner does now.
func (p *paces) of(one *runner) float64 {
	switch {
	case p.proc == nil:
		return 1
	case one.job != nil:
		return p.task[one.job][one.task]
	}
	return p.proc[one.index]
}

func total(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum
}
