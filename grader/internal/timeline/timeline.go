// Package timeline finds what ties the operations of a run's processes together. In go the
// events of an observed run; out come the edges between them. It is pure, and guesses where
// the events leave room: the i-th message sent is taken for the i-th received.
package timeline

import (
	"cmp"
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// Kind says what an edge is.
type Kind uint8

const (
	Message   Kind = iota + 1 // a send, and the receipt of what was sent
	EndOfFile                 // the last close of an end, or end of a process, and who learns of it at the other end
	HandOver                  // a lock is given back, and taken by one who waited for it
	Signal                    // a notify, and the wait that it ended
	First                     // what was there first of several, and the wait for it
)

// Edge ties two events together, by their indices. To did not end before From began.
type Edge struct {
	Kind     Kind
	From, To int
}

// Edges returns the edges of a run, in the order of the events that they lead to. Starts
// and joins are not among them: their events name the child. An operation that was still
// going on when the run ended has a Leave before its Enter.
func Edges(events []trace.Event) []Edge {
	t := &tying{events: events}
	by := map[trace.Kind][]int{}
	for i, e := range events {
		by[e.Kind] = append(by[e.Kind], i)
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(i, k int) int { return cmp.Compare(events[i].Enter, events[k].Enter) })
	}
	closes := append(slices.Clone(by[trace.Close]), by[trace.Exit]...)
	t.messages(by[trace.Send], by[trace.Recv], closes)
	for _, i := range by[trace.Poll] {
		if e := events[i]; e.Operation().Has(trace.Any) && e.Object != "" && e.Leave >= e.Enter {
			t.first(by[trace.Send], by[trace.Recv], closes, i)
		}
	}
	for i, e := range events {
		switch {
		case e.Leave < e.Enter:
		case e.Kind == trace.Lock && e.Outcome != trace.Timeout:
			t.last(HandOver, by[trace.Unlock], i)
		case e.Kind == trace.Wait && e.Outcome == trace.OK:
			t.last(Signal, by[trace.Notify], i)
		}
	}
	slices.SortStableFunc(t.edges, func(a, b Edge) int { return cmp.Compare(a.To, b.To) })
	return t.edges
}

type tying struct {
	events []trace.Event
	edges  []Edge
}

// messages ties receipts to sends, and ends of file to what causes them.
func (t *tying) messages(sends, receipts, ends []int) {
	sent := map[string][]int{}
	for _, i := range sends {
		if e := t.events[i]; e.Leave >= e.Enter && e.Outcome == trace.OK {
			sent[e.Object] = append(sent[e.Object], i)
		}
	}
	receipts = slices.Clone(receipts)
	slices.SortStableFunc(receipts, func(i, k int) int { return cmp.Compare(t.events[i].Leave, t.events[k].Leave) })
	for _, i := range receipts {
		r := t.events[i]
		end := otherEnd(r.Object)
		switch send := sent[end]; {
		case r.Leave < r.Enter:
		case r.Outcome == trace.EOF:
			if last := t.lastEnd(ends, end, i); last >= 0 {
				t.edges = append(t.edges, Edge{EndOfFile, last, i})
			}
		case r.Outcome == trace.OK && len(send) > 0:
			t.edges = append(t.edges, Edge{Message, send[0], i})
			sent[end] = send[1:]
		}
	}
}

// lastEnd is the last close of an end, or end of a process, by another than who learns of it;
// -1: there is none.
func (t *tying) lastEnd(ends []int, end string, i int) int {
	r, last := t.events[i], -1
	for _, k := range ends {
		e := t.events[k]
		causes := e.Kind == trace.Exit || e.Object == end
		if causes && e.Proc != r.Proc && e.Enter <= r.Leave && (last < 0 || e.Enter > t.events[last].Enter) {
			last = k
		}
	}
	return last
}

// first ties a wait for the first of several to what it came upon: the end of a process, or
// what the next receipt there will find.
func (t *tying) first(sends, receipts, ends []int, i int) {
	wait := t.events[i]
	far, had, from := otherEnd(wait.Object), 0, -1
	if far == wait.Object { // a process
		from = slices.IndexFunc(t.events, func(e trace.Event) bool { return e.Kind == trace.Exit && e.Proc == far })
	} else {
		for _, k := range receipts {
			if r := t.events[k]; r.Object == wait.Object && r.Outcome == trace.OK && r.Leave >= r.Enter && r.Leave <= wait.Enter {
				had++
			}
		}
		for _, k := range sends {
			if s := t.events[k]; s.Object == far && s.Outcome == trace.OK && s.Leave >= s.Enter {
				if had--; had < 0 {
					from = k
					break
				}
			}
		}
		if from < 0 {
			from = t.lastEnd(ends, far, i)
		}
	}
	if from >= 0 && t.events[from].Enter <= wait.Leave {
		t.edges = append(t.edges, Edge{First, from, i})
	}
}

// last ties an operation to the last of others that another process began within it.
func (t *tying) last(k Kind, others []int, i int) {
	w, last := t.events[i], -1
	for _, n := range others {
		if e := t.events[n]; e.Object == w.Object && e.Proc != w.Proc && e.Enter >= w.Enter && e.Enter <= w.Leave {
			last = n // they are in order
		}
	}
	if last >= 0 {
		t.edges = append(t.edges, Edge{k, last, i})
	}
}

// otherEnd is a pipe's other end: "0#3a" for "0#3b". A queue has only one.
func otherEnd(end string) string {
	if rest, ok := strings.CutSuffix(end, "a"); ok {
		return rest + "b"
	}
	if rest, ok := strings.CutSuffix(end, "b"); ok {
		return rest + "a"
	}
	return end
}
