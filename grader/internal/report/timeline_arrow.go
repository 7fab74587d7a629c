package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"lockstep/grader/internal/timeline"
	"lockstep/mp/trace"
)

// arrows finds what went from one process to another.
func (t *Timeline) arrows(by map[string][]trace.Event) {
	a := &pairing{timeline: t, lane: map[string]int{}}
	for i, l := range t.Lanes {
		if l.Proc != "" {
			a.lane[l.Proc] = i
		}
	}
	for i := range t.Lanes {
		a.all = append(a.all, by[t.Lanes[i].Proc]...)
	}
	a.children()
	a.edges()
	if len(a.all) == 0 {
		t.kinships()
	}
	slices.SortStableFunc(t.Arrows, func(x, y Arrow) int {
		return cmp.Or(cmp.Compare(x.Leaves, y.Leaves), cmp.Compare(x.Arrives, y.Arrives), cmp.Compare(x.To, y.To))
	})
}

// pairing makes the arrows of one timeline.
type pairing struct {
	timeline *Timeline
	lane     map[string]int
	all      []trace.Event
}

func (a *pairing) add(kind ArrowKind, from, to string, leaves, arrives time.Duration, what string) {
	f, known := a.lane[from]
	g, too := a.lane[to]
	if !known || !too || f == g || arrives < leaves {
		return
	}
	a.timeline.Arrows = append(a.timeline.Arrows, Arrow{kind, f, g, leaves, arrives, what})
}

func (a *pairing) children() {
	t := a.timeline
	for _, e := range a.all {
		child, known := a.lane[e.Object]
		if !known {
			continue
		}
		l := &t.Lanes[child]
		switch e.Kind {
		case trace.Start:
			a.add(Starts, e.Proc, e.Object, min(e.Enter, l.Start), l.Start, "starts "+l.Name)
		case trace.Join:
			if e.Leave == never || e.Outcome == trace.Timeout || l.Reaped != 0 {
				continue
			}
			l.Reaped = max(e.Leave, l.End)
			a.add(Joins, e.Object, e.Proc, l.End, l.Reaped, l.Name+" is joined"+at(e))
		}
	}
}

// kinships draws the starts where only the kernel tells of them.
func (t *Timeline) kinships() {
	for i, l := range t.Lanes {
		if l.Parent >= 0 {
			t.Arrows = append(t.Arrows, Arrow{Starts, l.Parent, i, l.Start, l.Start, "starts " + l.Name})
		}
	}
}

// edges draws what ties operations together.
func (a *pairing) edges() {
	for _, edge := range timeline.Edges(a.all) {
		e, f := a.all[edge.From], a.all[edge.To]
		var kind ArrowKind
		var what string
		switch edge.Kind {
		case timeline.First: // its receipt has an arrow
			continue
		case timeline.Message:
			kind, what = Message, fmt.Sprintf("message %s%s → %s", e.Arg, at(e), place(f.Site))
		case timeline.EndOfFile:
			kind, what = EndOfFile, "end of file: the last copy of the other end is closed"+at(e)
		case timeline.HandOver:
			kind, what = HandOver, "lock "+called(f)+at(e)+" → "+place(f.Site)
		case timeline.Signal:
			kind, what = Signalled, "notifies "+called(f)+at(e)
		}
		a.add(kind, e.Proc, f.Proc, e.Enter, f.Leave, what)
	}
}

func at(e trace.Event) string {
	if e.Site.File == "" {
		return ""
	}
	return " (" + place(e.Site) + ")"
}

func place(s trace.Site) string {
	if s.File == "" {
		return "?"
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
