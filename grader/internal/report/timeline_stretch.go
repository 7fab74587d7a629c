package report

import (
	"fmt"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// alive is all that the kernel tells of a process.
const alive trace.State = "alive"

// fill divides a lane into what the process did, by its own events.
func (l *Lane) fill(events []trace.Event) {
	if len(events) == 0 {
		l.Stretches = []Stretch{{State: alive, From: l.Start, To: l.End}}
		return
	}
	base := trace.Running
	for _, e := range events {
		if e.Kind == trace.Task {
			base = trace.ForTask // between its tasks; a task is one of the events
		}
	}
	at := l.Start
	add := func(state trace.State, to time.Duration, what string) {
		to = min(to, l.End)
		if to <= at {
			return
		}
		if n := len(l.Stretches); n > 0 && l.Stretches[n-1].State == state && l.Stretches[n-1].What == what {
			l.Stretches[n-1].To = to
		} else {
			l.Stretches = append(l.Stretches, Stretch{State: state, From: at, To: to, What: what})
		}
		at = to
	}
	tasksUntil := time.Duration(0)
	for _, e := range events {
		leave := e.Leave
		if leave == never {
			leave = l.End
		}
		between := func(to time.Duration) {
			if base == trace.ForTask {
				add(trace.Running, min(to, tasksUntil), "")
				add(base, to, "waits for a task")
				return
			}
			add(base, to, "")
		}
		switch {
		case e.Kind == trace.Begin:
			add(trace.StartingUp, e.Enter, "")
		case e.Kind == trace.Task:
			between(e.Enter)
			tasksUntil = max(tasksUntil, leave)
		default:
			if state := e.Operation().State; state != "" && leave > e.Enter {
				between(e.Enter)
				what := doing(e)
				add(state, leave, what)
				if n := len(l.Stretches) - 1; n >= 0 && l.Stretches[n].What == what { // it was long enough
					l.Stretches[n].Site = e.Site
				}
			}
		}
	}
	if base == trace.ForTask {
		add(trace.Running, tasksUntil, "")
		add(base, l.End, "waits for a task")
	}
	add(trace.Running, l.End, "")
	l.hold(events)
}

// doing says what an operation does and where it stands: "receives from
// pipe main.go:31, main.go:40".
func doing(e trace.Event) string {
	text := strings.ReplaceAll(e.Operation().Does, "%s", called(e))
	if e.Site.File != "" {
		text += fmt.Sprintf(", %s:%d", e.Site.File, e.Site.Line)
	}
	return text
}

// called is what a reader knows an operation's object by.
func called(e trace.Event) string {
	name := e.Name
	if name == "" {
		name = e.Object
	}
	if e.Index >= 0 {
		name = fmt.Sprintf("%s[%d]", name, e.Index)
	}
	return name
}

// hold finds when the process held a lock.
func (l *Lane) hold(events []trace.Event) {
	taken := map[string]trace.Event{}
	for _, e := range events {
		switch {
		case e.Kind == trace.Lock && e.Leave != never && e.Outcome != trace.Timeout, e.Kind == trace.TryLock && e.Outcome == trace.OK:
			taken[e.Object] = e
		case e.Kind == trace.Unlock:
			if from, ok := taken[e.Object]; ok {
				l.Holds = append(l.Holds, Hold{called(from), from.Leave, e.Enter, from.Site})
				delete(taken, e.Object)
			}
		}
	}
	for _, from := range taken { // never given back
		l.Holds = append(l.Holds, Hold{called(from), from.Leave, l.End, from.Site})
	}
}

// becomes says what became of a process, in words that the course uses.
func (l Lane) becomes() string {
	switch l.State {
	case box.Orphan:
		return fmt.Sprintf("orphan: outlived its parent by %s", brief(l.End-l.Orphaned))
	case box.Zombie:
		return "zombie: ended, and was never waited for"
	case box.Unwaited:
		return "never waited for"
	case box.Ended:
		return "ended; whether it was joined can't be told here"
	case box.CutOff:
		return "still running when the run was ended"
	case box.Joined:
		return "joined"
	}
	return ""
}
