package explore

import (
	"slices"
	"strings"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// Position is a moment of a run: what each process would do next, what everything holds
// and what has been done. It is plain data. Processes are named by their index.
type Position struct {
	Schedule  string    `json:"schedule"`        // gives it again
	Choices   []int     `json:"choices"`         // before which of the steps somebody was let go, from 0
	Steps     []Step    `json:"steps"`           // that were made
	Processes []Process `json:"processes"`       // in the order in which they were started
	Objects   []Object  `json:"objects"`         // in the order in which they were made
	Output    string    `json:"output"`          // that was printed so far
	Lost      int       `json:"lost"`            // updates that were overwritten unseen
	Races     []string  `json:"races,omitempty"` // what is used by two processes, one of which writes, in no order
	Over      *Over     `json:"over,omitempty"`  // nil: somebody can go on
}

// Killed ends the path of a process that is killed, where it stands for a step: "0.2x".
const Killed = model.Reaper

// State is what a process is up to.
type State string

const (
	Ready   State = "ready"   // it can be let go
	Waiting State = "waiting" // for others
	Gone    State = "ended"
)

// Process is one process of a position.
type Process struct {
	Proc  string     `json:"proc"`  // its path: "0.2"
	Title string     `json:"title"` // "increment-2"
	State State      `json:"state"`
	Next  string     `json:"next,omitempty"` // what it does when it is let go: "counter.Get()"; how it ended
	Sees  string     `json:"sees,omitempty"` // "would read 1"
	For   string     `json:"for,omitempty"`  // what it waits for: "lock counter"
	Why   string     `json:"why,omitempty"`  // "held by increment-1 since main.go:16"
	On    []int      `json:"on,omitempty"`   // whom it waits for
	Site  trace.Site `json:"site"`           // of Next; without a line where it has none
	Stood trace.Site `json:"stood"`          // … then of what it did last
	Kill  string     `json:"kill,omitempty"` // who is let go to have it killed before Next: "0.2x"; empty: it can't be
}

// Object is something that processes share.
type Object struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`            // "value", "lock", "pipe"
	Cells   []Cell   `json:"cells,omitempty"` // of a value, an array, a list or a dict
	Holds   string   `json:"holds,omitempty"` // what else is in it: "2 permits"
	Owners  []Owner  `json:"owners,omitempty"`
	Waiting []int    `json:"waiting,omitempty"` // processes that can't go on for it
	Streams []Stream `json:"streams,omitempty"` // of a pipe or a queue
}

// Cell is a place that holds something.
type Cell struct {
	Name  string `json:"name"`
	Value string `json:"value"` // empty: not known
}

// Owner is who holds a lock.
type Owner struct {
	Process int        `json:"process"`
	Site    trace.Site `json:"site"` // where it was taken
	Shared  bool       `json:"shared,omitempty"`
	Dead    bool       `json:"dead,omitempty"`
}

// Stream is what was sent one way and not received yet.
type Stream struct {
	In       string    `json:"in,omitempty"`  // what the ends of a pipe are called
	Out      string    `json:"out,omitempty"` //
	Messages []Message `json:"messages,omitempty"`
	Senders  []int     `json:"senders,omitempty"` // who has the end that messages go in
	Takers   []int     `json:"takers,omitempty"`  // … and come out
	Closed   bool      `json:"closed,omitempty"`  // nothing more can come
	Places   int       `json:"places,omitempty"`  // of a queue; 0: as many as it takes
}

// Message is one of them.
type Message struct {
	From int    `json:"from"`
	Text string `json:"text"`
	Size int    `json:"size"` // bytes
}

// Over is how a run has come to its end.
type Over struct {
	Failed  bool    `json:"failed"`
	Text    string  `json:"text"`              // "lost update: expected 3, seen 2"
	Pattern Pattern `json:"pattern,omitempty"` // of a failure
	Circle  bool    `json:"circle,omitempty"`  // processes wait for each other
}

// position is the moment that a run has come to.
func (x *exploration) position(w *model.World) *Position {
	p := &Position{Schedule: x.named(search.ScheduleOf(w).String()), Output: string(w.Output), Lost: detect.Lost(w), Choices: []int{}, Steps: []Step{}, Objects: []Object{}}
	at := map[model.ID]int{}
	for i, id := range w.Started {
		at[id] = i
	}
	for i := range w.Events {
		p.Steps = append(p.Steps, x.made(w, &w.Events[i], at[w.Whose(&w.Events[i])], i+1, true))
	}
	waits := map[model.ID]model.Waiting{}
	for _, x := range w.Waits() {
		waits[x.Proc] = x
	}
	enabled, late := w.Ready()
	for _, id := range w.Started {
		wait := waits[id]
		if enabled != 0 && !lasting(wait) {
			wait.Why = ""
		}
		q := processOf(w, w.Proc(id), enabled.Has(id), wait, at)
		if late && q.State == Ready {
			q.Sees = "time passes, for nobody can go on"
		}
		if r := w.At(q.Proc + model.Reaper); r != nil && enabled != 0 && w.Doomed().Has(r.ID) {
			q.Kill = r.Path
		}
		p.Processes = append(p.Processes, q)
	}
	for _, c := range w.Contents() {
		o := objectOf(w, c, at)
		for i, id := range w.Started {
			if x, ok := waits[id]; ok && !enabled.Has(id) && isObject(x.Op) && (x.Op.Object == c.Made.Object || c.Made.Method == "pipe" && strings.TrimRight(x.Op.Object, "ab") == c.Made.Object) {
				o.Waiting = append(o.Waiting, i)
			}
		}
		p.Objects = append(p.Objects, o)
	}
	for _, f := range detect.Races(w) {
		if name := w.Called(f.Object); !slices.Contains(p.Races, name) {
			p.Races = append(p.Races, name)
		}
	}
	return p
}

// lasting reports whether the reason of a wait is one while others can go on; that of any
// other is that nobody is left.
func lasting(x model.Waiting) bool {
	switch x.Kind {
	case model.ForRoom, model.ForPermit, model.ForFlag, model.ForSignal, model.ForChange:
		return false
	case model.ForMessage:
		return len(x.On) > 0
	}
	return true
}

func processOf(w *model.World, p *model.Proc, enabled bool, wait model.Waiting, at map[model.ID]int) Process {
	out := Process{Proc: p.Path, Title: w.Title(p.ID), State: Waiting}
	next := w.Next(p)
	switch {
	case p.Ended >= 0:
		out.State, out.Next = Gone, "ended"
		if e := &w.Events[p.Ended]; w.Struck(e) {
			out.Next = "was killed"
		} else if p.Killed {
			out.Next = "was ended"
		} else if e.Phase == model.Dies {
			out.Next = "died"
		} else if code := e.Op.Arg; code != "" && code != "0" {
			out.Next = "ended with code " + code
		}
		return out
	case next == nil:
		out.Next, out.For = "runs", "nobody: it runs"
		return out
	}
	step := stepOf(w, &model.Event{Op: next.Op, Phase: next.Phase, Saw: -1, Ready: true}, 0, 0, true)
	out.Next, out.Site = step.Text, step.Site
	for i := len(w.Events) - 1; i >= 0 && out.Site.Line == 0 && out.Stood.Line == 0; i-- {
		if w.Events[i].Proc == p.ID {
			out.Stood = w.Events[i].Op.Site
		}
	}
	if enabled {
		out.State, out.Sees = Ready, w.Foresees(p)
		return out
	}
	out.For, out.Why = wait.For, wait.Why
	for _, id := range wait.On {
		if i, ok := at[id]; ok {
			out.On = append(out.On, i)
		}
	}
	return out
}

func objectOf(w *model.World, c model.Content, at map[model.ID]int) Object {
	o := Object{Name: w.Called(c.Made.Object), Kind: c.Made.Method, Holds: c.Holds}
	if ends, other, ok := strings.Cut(o.Name, ","); ok && o.Kind == "pipe" { // what its two ends are called, if anything
		o.Name = strings.Trim(strings.Trim(ends, "_")+" "+strings.Trim(other, "_"), " ")
	}
	for _, cell := range c.Cells {
		name := o.Name
		if cell.Key != "" {
			name += "[" + cell.Key + "]"
		} else if cell.Index >= 0 {
			name += "[" + number(cell.Index) + "]"
		}
		o.Cells = append(o.Cells, Cell{name, printable(cell.Value)})
	}
	for _, owner := range c.Owners {
		o.Owners = append(o.Owners, Owner{at[owner.Proc], owner.Site, owner.Shared, owner.Dead})
	}
	columns := func(ids []model.ID) (all []int) {
		for _, id := range ids {
			all = append(all, at[id])
		}
		return all
	}
	for _, way := range c.Streams {
		out := Stream{Senders: columns(way.Senders), Takers: columns(way.Takers), Closed: way.Closed, Places: way.Places}
		if way.In != "" {
			out.In, out.Out = w.Called(way.In), w.Called(way.Out)
		}
		for _, m := range way.Messages {
			out.Messages = append(out.Messages, Message{at[m.From], printable(m.Text), m.Size})
		}
		o.Streams = append(o.Streams, out)
	}
	return o
}
