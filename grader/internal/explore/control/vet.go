//go:build unix

package control

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// A program can write to its lines itself. These bounds keep what it says from
// doing harm to who listens.
const (
	mostPermits = 1 << 16 // of a semaphore; nobody takes more
	mostItems   = 1 << 16 // of a map
	mostText    = 1 << 10 // bytes of one of an event's texts; package mp keeps to far less
	mostEnds    = 1 << 8  // that travel at once; the kernel takes no more; nor has a call more keys
	mostWaited  = 1 << 12 // processes and ends that are waited for at once
	mostTime    = 24 * time.Hour
	mostLimit   = 1000 * time.Hour // of a wait; longer ones are as good as endless
)

// sound reports whether an event of a process can be, and bounds its numbers.
func sound(e *trace.Event, path string) bool {
	o, known := e.Known()
	if !known || !bounded(e) {
		return false
	}
	switch {
	case e.Kind == trace.Start && !childOf(e.Object, path):
		return false
	case o.On == trace.OnPipe && e.Kind != trace.New && !o.Has(trace.Any) && !isEnd(e.Object):
		return false
	case o.On == trace.OnCond && e.Kind == trace.Wait && e.Key == "":
		return false
	case o.On == trace.OnSemaphore && e.Kind == trace.New:
		e.Size = min(e.Size, mostPermits)
	case e.Kind == trace.Map:
		e.Size = min(e.Size, mostItems)
	}
	if !carries(e, o, path) {
		return false
	}
	switch e.Kind {
	case trace.Begin, trace.Exit, trace.Sleep, trace.Print:
		return true
	}
	return e.Object != "" || o.Has(trace.Any)
}

// bounded reports whether an event's numbers, texts and times are such as there can be.
func bounded(e *trace.Event) bool {
	if e.Index < -1 || e.Size < 0 || e.Chunk < 0 || e.Site.Line < 0 || len(e.Carries) > mostWaited {
		return false
	}
	for _, text := range append([]string{e.Object, e.Name, e.Method, e.Key, e.Arg, e.Result, e.Site.File}, e.Carries...) {
		if len(text) > mostText {
			return false
		}
	}
	for _, at := range []time.Duration{e.Enter, e.CPU, max(e.Leave, 0)} {
		if at < 0 || at > mostTime {
			return false
		}
	}
	e.Limit = min(e.Limit, mostLimit)
	return true
}

// carries reports whether what an event names beside its object can be: children or ends
// that are waited for, keys of a call, or ends of pipes that travel.
func carries(e *trace.Event, o *trace.Operation, path string) bool {
	switch {
	case o.Has(trace.Any):
		return len(e.Carries) > 0 && !slices.ContainsFunc(e.Carries, func(what string) bool {
			return !childOf(what, path) && (e.Kind == trace.Join || !isEnd(what))
		})
	case e.Kind != trace.Join && len(e.Carries) > mostEnds:
		return false
	case e.Kind == trace.Call:
		return true
	}
	return !slices.ContainsFunc(e.Carries, func(what string) bool { return !isEnd(what) })
}

// childOf reports whether child can be the path of a child of parent, or of one that took
// a child's place.
func childOf(child, parent string) bool {
	child, _ = trace.Place(child)
	number, ok := strings.CutPrefix(child, parent+".")
	if !ok {
		return false
	}
	n, err := strconv.ParseUint(number, 10, 32)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == number
}

// isEnd reports whether an object is an end of a pipe.
func isEnd(object string) bool {
	return len(object) > 1 && strings.Contains(object, "#") && (strings.HasSuffix(object, "a") || strings.HasSuffix(object, "b"))
}
