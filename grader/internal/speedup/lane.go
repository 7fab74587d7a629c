package speedup

import (
	"maps"
	"slices"
	"time"

	"lockstep/mp/trace"
)

const (
	// Shorter waits can't be seen in a picture.
	visible = 50 * time.Microsecond
	// A lane with more intervals than this is drawn coarser.
	laneLimit = 2000
)

// lanes draws an observed run: what each process did when. Time in which a
// process was ready but had no core counts as running, because no event tells
// the two apart.
func lanes(events []trace.Event) []Lane {
	by := byProcess(events)
	started, joined := map[string]time.Duration{}, map[string]time.Duration{}
	for _, e := range events {
		switch {
		case e.Kind == trace.Start:
			started[e.Object] = e.Enter
		case e.Kind == trace.Join && e.Result != "false":
			if at, ok := joined[e.Object]; !ok || e.Leave < at {
				joined[e.Object] = e.Leave
			}
		}
	}
	var list []Lane
	for _, proc := range slices.SortedFunc(maps.Keys(by), compareProc) {
		own := by[proc]
		d := drawing{grain: visible}
		for len(d.list) == 0 || len(d.list) > laneLimit {
			if len(d.list) > 0 {
				d = drawing{grain: d.grain * 4}
			}
			d.draw(own, started[proc])
		}
		last := own[len(own)-1]
		if at, ok := joined[proc]; ok && at-last.Leave > visible {
			d.add(Interval{State: JoinedLater, From: last.Leave, To: at})
		}
		list = append(list, Lane{Proc: proc, From: d.list[0].From, To: d.list[len(d.list)-1].To, CPU: last.CPU, Intervals: d.list})
	}
	return list
}

// A drawing is one lane being drawn.
type drawing struct {
	grain time.Duration
	list  []Interval
}

// draw covers a process from its start to its last event.
func (d *drawing) draw(events []trace.Event, started time.Duration) {
	first := events[0]
	now := first.Enter
	if first.Kind == trace.Begin && started > 0 && started < first.Enter {
		d.add(Interval{State: StartingUp, From: started, To: first.Enter})
	}
	site := first.Site
	var task *trace.Event // the last task: what comes after it is waiting for another
	for i := range events {
		e := &events[i]
		if task != nil && e.Enter > task.Leave && now < e.Enter {
			d.run(&now, max(now, task.Leave), site)
			d.wait(&now, e.Enter, ForTask, task.Object, task.Site)
		}
		task = nil
		d.run(&now, e.Enter, site)
		if state := e.Operation().State; state != "" && e.Leave-e.Enter > d.grain {
			d.wait(&now, e.Leave, state, e.Object, e.Site)
		}
		site = e.Site
		if e.Kind == trace.Task {
			task = e
		}
	}
	d.run(&now, max(now, events[len(events)-1].Leave), site)
	if len(d.list) == 0 {
		d.add(Interval{State: Running, From: first.Enter, To: first.Enter, Site: site})
	}
}

func (d *drawing) run(now *time.Duration, to time.Duration, site trace.Site) {
	if to > *now {
		d.add(Interval{State: Running, From: *now, To: to, Site: site})
		*now = to
	}
}

func (d *drawing) wait(now *time.Duration, to time.Duration, s State, object string, site trace.Site) {
	if to > *now {
		d.add(Interval{State: s, From: *now, To: to, Object: object, Site: site})
		*now = to
	}
}

// add appends an interval, or lengthens the last one when it is of the same kind.
func (d *drawing) add(i Interval) {
	if n := len(d.list) - 1; n >= 0 {
		last := &d.list[n]
		if last.State == i.State && last.Object == i.Object && last.To == i.From {
			last.To = i.To
			return
		}
	}
	d.list = append(d.list, i)
}
