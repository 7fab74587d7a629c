package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"lockstep/mp/trace"
)

// The Trace Event format, in its JSON object form, is what Perfetto and
// chrome://tracing open. Its times are in microseconds.
type traceFile struct {
	Unit   string       `json:"displayTimeUnit"`
	Events []traceEvent `json:"traceEvents"`
}

type traceEvent struct {
	Name   string         `json:"name"`
	Cat    string         `json:"cat,omitempty"`
	Phase  string         `json:"ph"`
	Time   float64        `json:"ts"`
	Length float64        `json:"dur,omitempty"`
	PID    int            `json:"pid"`
	TID    int            `json:"tid"`
	ID     int            `json:"id,omitempty"`
	Bind   string         `json:"bp,omitempty"`
	Scope  string         `json:"s,omitempty"`
	Args   map[string]any `json:"args,omitempty"`
}

// lockTracks is more than the processes of one file: tracks of locks are numbered
// above them.
const lockTracks = 1 << 16

// runGap is left between two runs of one file.
const runGap = time.Millisecond

// WriteTrace writes every run that a report has a picture of in the Trace Event
// format: a process for each process, one run after the other. Numbers in the
// file are counted, because two runs may have had the same process ids; the real
// id stands beside the name.
func (r *Report) WriteTrace(w io.Writer) error {
	f := traceFile{Unit: "ns", Events: []traceEvent{}}
	t := &tracer{file: &f}
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			for _, p := range v.Pictures {
				if len(p.Processes)+len(p.Events) > 0 {
					t.run(fmt.Sprintf("%s: %s", e.Exercise, v.Called()), newTimeline(p), p.Events)
				}
			}
		}
	}
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("cannot write the trace: %w", err)
	}
	return b.Flush()
}

type tracer struct {
	file    *traceFile
	offset  time.Duration
	process int // the last number given
	flow    int
}

func (t *tracer) add(e traceEvent) { t.file.Events = append(t.file.Events, e) }

func (t *tracer) micros(d time.Duration) float64 { return float64(t.offset+d) / 1000 }

func (t *tracer) run(title string, timeline *Timeline, events []trace.Event) {
	first := t.process + 1
	number := map[string]int{}
	for i, l := range timeline.Lanes {
		id := first + i
		if l.Proc != "" {
			number[l.Proc] = id
		}
		name := l.Name
		if l.PID != 0 {
			name = fmt.Sprintf("%s (pid %d)", l.Name, l.PID)
		}
		label := title
		if end := l.becomes(); end != "" {
			label += ", " + end
		}
		t.add(traceEvent{Name: "process_name", Phase: "M", PID: id, TID: id, Args: map[string]any{"name": Escape(name, mostPageRunes)}})
		t.add(traceEvent{Name: "process_labels", Phase: "M", PID: id, TID: id, Args: map[string]any{"labels": Escape(label, mostPageRunes)}})
		t.add(traceEvent{Name: "process_sort_index", Phase: "M", PID: id, TID: id, Args: map[string]any{"sort_index": id}})
		t.add(traceEvent{Name: "thread_name", Phase: "M", PID: id, TID: id, Args: map[string]any{"name": Escape(name, mostPageRunes)}})
		t.lane(id, l)
	}
	for _, a := range timeline.Arrows {
		t.flow++
		t.add(traceEvent{Name: string(a.Kind), Cat: "flow", Phase: "s", Time: t.micros(a.Leaves), PID: first + a.From, TID: first + a.From, ID: t.flow})
		t.add(traceEvent{Name: string(a.Kind), Cat: "flow", Phase: "f", Bind: "e", Time: t.micros(a.Arrives), PID: first + a.To, TID: first + a.To, ID: t.flow})
	}
	for _, e := range events {
		if e.Operation().State != "" || e.Kind == trace.Begin || e.Kind == trace.Exit {
			continue // these are stretches
		}
		if id := number[e.Proc]; id != 0 {
			t.add(traceEvent{
				Name: Escape(doing(e), mostPageRunes), Cat: "operation", Phase: "i", Scope: "t",
				Time: t.micros(e.Enter + timeline.Shift), PID: id, TID: id, Args: traceArgs(e),
			})
		}
	}
	t.process += len(timeline.Lanes)
	t.offset += timeline.Length + runGap
}

// lane writes what one process did. A waiting stretch is one slice; slices of one
// process never overlap, as the format demands.
func (t *tracer) lane(id int, l Lane) {
	for _, s := range l.Stretches {
		e := traceEvent{
			Name: string(s.State), Cat: "state", Phase: "X", Time: t.micros(s.From),
			Length: float64(s.To-s.From) / 1000, PID: id, TID: id,
		}
		if s.What != "" {
			e.Args = map[string]any{"what": Escape(s.What, mostPageRunes)}
		}
		t.add(e)
	}
	// Holding a lock may begin in one stretch and end in another, and two locks may
	// be held crosswise: each has a track of its own below the process.
	track := map[string]int{}
	for _, h := range l.Holds {
		tid, known := track[h.Lock]
		if !known {
			tid = id*lockTracks + len(track) + 1
			track[h.Lock] = tid
			t.add(traceEvent{Name: "thread_name", Phase: "M", PID: id, TID: tid, Args: map[string]any{"name": "lock " + Escape(h.Lock, mostPageRunes)}})
		}
		t.add(traceEvent{
			Name: "holds " + Escape(h.Lock, mostPageRunes), Cat: "lock", Phase: "X", Time: t.micros(h.From),
			Length: float64(h.To-h.From) / 1000, PID: id, TID: tid, Args: map[string]any{"taken": place(h.Site)},
		})
	}
	if l.Orphaned > 0 {
		t.add(traceEvent{Name: "parent ended", Cat: "state", Phase: "i", Scope: "p", Time: t.micros(l.Orphaned), PID: id, TID: id})
	}
}

func traceArgs(e trace.Event) map[string]any {
	args := map[string]any{"op": e.Op}
	for name, text := range map[string]string{"key": e.Key, "arg": e.Arg, "result": e.Result} {
		if text != "" {
			args[name] = Escape(text, mostPageRunes)
		}
	}
	if e.Limit > 0 {
		args["limit"] = e.Limit.String()
	}
	return args
}
