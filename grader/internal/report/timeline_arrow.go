package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// arrows finds what went from one process to another.
func (t *Timeline) arrows(by map[string][]trace.Event) {
	a := &archer{timeline: t, lane: map[string]int{}}
	for i, l := range t.Lanes {
		if l.Proc != "" {
			a.lane[l.Proc] = i
		}
	}
	for i := range t.Lanes {
		a.all = append(a.all, by[t.Lanes[i].Proc]...)
	}
	a.children()
	a.messages()
	a.locks()
	a.signals()
	if len(a.all) == 0 {
		t.kinships()
	}
	slices.SortStableFunc(t.Arrows, func(x, y Arrow) int {
		return cmp.Or(cmp.Compare(x.Leaves, y.Leaves), cmp.Compare(x.Arrives, y.Arrives), cmp.Compare(x.To, y.To))
	})
}

// archer draws the arrows of one timeline.
type archer struct {
	timeline *Timeline
	lane     map[string]int
	all      []trace.Event
}

func (a *archer) shoot(kind ArrowKind, from, to string, leaves, arrives time.Duration, what string) {
	f, known := a.lane[from]
	g, too := a.lane[to]
	if !known || !too || f == g || arrives < leaves {
		return
	}
	a.timeline.Arrows = append(a.timeline.Arrows, Arrow{kind, f, g, leaves, arrives, what})
}

func (a *archer) children() {
	t := a.timeline
	for _, e := range a.all {
		child, known := a.lane[e.Object]
		if !known {
			continue
		}
		l := &t.Lanes[child]
		switch e.Kind {
		case trace.Start:
			a.shoot(Starts, e.Proc, e.Object, min(e.Enter, l.Start), l.Start, "starts "+l.Name)
		case trace.Join:
			if e.Leave == never || e.Outcome == trace.Timeout || l.Reaped != 0 {
				continue
			}
			l.Reaped = max(e.Leave, l.End)
			a.shoot(Joins, e.Object, e.Proc, l.End, l.Reaped, l.Name+" is joined"+at(e))
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

// messages joins the i-th message that was sent on a pipe's end with the i-th
// that was received at the other.
func (a *archer) messages() {
	sent, received := map[string][]trace.Event{}, map[string][]trace.Event{}
	for _, e := range a.all {
		switch {
		case e.Kind == trace.Send && e.Leave != never && e.Outcome == trace.OK:
			sent[e.Object] = append(sent[e.Object], e)
		case e.Kind == trace.Recv && e.Leave != never && (e.Outcome == trace.OK || e.Outcome == trace.EOF):
			received[peer(e.Object)] = append(received[peer(e.Object)], e)
		}
	}
	for end, recv := range received {
		send := sent[end]
		slices.SortStableFunc(send, func(x, y trace.Event) int { return cmp.Compare(x.Enter, y.Enter) })
		slices.SortStableFunc(recv, func(x, y trace.Event) int { return cmp.Compare(x.Leave, y.Leave) })
		n := 0
		for _, r := range recv {
			if r.Outcome == trace.EOF {
				a.endOfFile(end, r)
				continue
			}
			if n < len(send) {
				s := send[n]
				a.shoot(Message, s.Proc, r.Proc, s.Enter, r.Leave, fmt.Sprintf("message %s%s → %s", s.Arg, at(s), place(r.Site)))
				n++
			}
		}
	}
}

// endOfFile joins an end of file with the last close, or end of a process, that
// can have caused it.
func (a *archer) endOfFile(end string, r trace.Event) {
	var last trace.Event
	for _, e := range a.all {
		causes := e.Kind == trace.Close && e.Object == end || e.Kind == trace.Exit
		if causes && e.Proc != r.Proc && e.Enter <= r.Leave && (last.Proc == "" || e.Enter > last.Enter) {
			last = e
		}
	}
	if last.Proc != "" {
		a.shoot(EndOfFile, last.Proc, r.Proc, last.Enter, r.Leave, "end of file: the last copy of the other end is closed"+at(last))
	}
}

// peer is a pipe's other end.
func peer(end string) string {
	if i := len(end) - 1; i >= 0 && strings.ContainsRune("ab", rune(end[i])) {
		return end[:i] + string("ba"[end[i]-'a'])
	}
	return end
}

// locks joins a process that gives a lock back with the one that waited for it.
func (a *archer) locks() {
	byObject := map[string][]trace.Event{}
	for _, e := range a.all {
		if e.Kind == trace.Unlock {
			byObject[e.Object] = append(byObject[e.Object], e)
		}
	}
	for _, e := range a.all {
		if e.Kind != trace.Lock || e.Leave == never {
			continue
		}
		var last trace.Event
		for _, u := range byObject[e.Object] {
			if u.Proc != e.Proc && u.Enter >= e.Enter && u.Enter <= e.Leave && (last.Proc == "" || u.Enter > last.Enter) {
				last = u
			}
		}
		if last.Proc != "" {
			a.shoot(HandOver, last.Proc, e.Proc, last.Enter, e.Leave, "lock "+called(e)+at(last)+" → "+place(e.Site))
		}
	}
}

// signals joins a wait with the notify that ended it.
func (a *archer) signals() {
	for _, w := range a.all {
		if w.Kind != trace.Wait || w.Leave == never || w.Outcome == trace.Timeout {
			continue
		}
		var last trace.Event
		for _, n := range a.all {
			if n.Kind == trace.Notify && n.Object == w.Object && n.Enter >= w.Enter && n.Enter <= w.Leave && n.Enter >= last.Enter {
				last = n
			}
		}
		if last.Proc != "" {
			a.shoot(Signalled, last.Proc, w.Proc, last.Enter, w.Leave, "notifies "+called(w)+at(last))
		}
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
