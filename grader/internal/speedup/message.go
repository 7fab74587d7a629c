package speedup

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// linkMessages matches, per direction of a pipe, the i-th message sent with the
// i-th received, and the end of file with the last that closed.
func (m *model) linkMessages(l *links, all []trace.Event) {
	sent, received := map[string][]trace.Event{}, map[string][]trace.Event{}
	var closed []trace.Event
	for _, e := range all {
		switch {
		case e.Kind == trace.Send && e.Result != "false":
			sent[e.Object] = append(sent[e.Object], e)
		case e.Kind == trace.Recv:
			received[otherEnd(e.Object)] = append(received[otherEnd(e.Object)], e)
		case e.Kind == trace.Close, e.Kind == trace.Exit:
			closed = append(closed, e)
		}
	}
	for _, end := range slices.Sorted(maps.Keys(received)) {
		recv := received[end]
		slices.SortStableFunc(recv, func(a, b trace.Event) int { return cmp.Compare(a.Leave, b.Leave) })
		send := sent[end]
		slices.SortStableFunc(send, func(a, b trace.Event) int { return cmp.Compare(a.Enter, b.Enter) })
		n := 0
		for _, r := range recv {
			switch {
			case r.Result == "EOF":
				m.linkEnd(l, closed, end, r)
			case n < len(send):
				m.after(l, send[n], r)
				n++
			}
		}
		m.linkRoom(l, send, recv)
	}
}

// linkEnd ties an end of file to the last operation that can have caused it.
func (m *model) linkEnd(l *links, closed []trace.Event, end string, r trace.Event) {
	var last trace.Event
	for _, e := range closed {
		if e.Proc == r.Proc || e.Enter > r.Leave || e.Kind == trace.Close && e.Object != end {
			continue
		}
		if last.Proc == "" || e.Enter > last.Enter {
			last = e
		}
	}
	if last.Proc != "" && last.Enter > r.Enter {
		m.after(l, last, r)
	}
}

// linkRoom finds senders that waited for room in a full pipe. The events don't
// tell how much a pipe holds; as many messages as were ever under way is a bound
// that the run itself proved.
func (m *model) linkRoom(l *links, send, recv []trace.Event) {
	waited := func(s trace.Event) bool { return s.Leave-s.Enter > shortWait }
	if !slices.ContainsFunc(send, waited) {
		return
	}
	var taken []time.Duration // in order, because recv is
	for _, r := range recv {
		if r.Result != "EOF" {
			taken = append(taken, r.Leave)
		}
	}
	room := 1 // a send can wait for an earlier message to be taken, never for its own
	for i, s := range send {
		n, _ := slices.BinarySearch(taken, s.Leave+1)
		room = max(room, i+1-n)
	}
	for i, s := range send {
		if waited(s) && i >= room && i-room < len(recv) {
			if r := recv[i-room]; r.Leave > s.Enter && r.Proc != s.Proc {
				m.after(l, r, s)
			}
		}
	}
}

// otherEnd gives the end that is read at this one: "0#3a" for "0#3b".
func otherEnd(end string) string {
	switch {
	case strings.HasSuffix(end, "a"):
		return strings.TrimSuffix(end, "a") + "b"
	case strings.HasSuffix(end, "b"):
		return strings.TrimSuffix(end, "b") + "a"
	}
	return end
}
