package model

import (
	"slices"

	"lockstep/mp/trace"
)

// World is the state of one run.
type World struct {
	names   *Names
	options Options
	procs   []*Proc // by ID; nil where this run has none yet
	Events  []Event
	Started []ID // in the order in which the processes came to be

	resources map[Resource]*resource
	cells     map[Resource]*cell
	objects   map[any]object // by idOf[T]
	ends      map[string]*end
	Objects   map[string]trace.Event // their New, where it was reported
	barrier   Clock                  // of the last forced step: everything comes after it
	halts     []Halt
	Output    []byte // what was printed, in order
	Rounds    int    // of loops that wait, made because nothing else could be, since something happened
	Broken    error  // the program did what can't be
	now       int64  // virtual nanoseconds, with Options.Clock
	passed    bool   // it has been put forward since the last step
	late      *Proc  // whose step is the next, since time has passed for it; nil: nobody's
	useful    int    // steps up to the last one that changed something
	speakers  Set    // who has printed
	pieces    bool   // some process has printed a line in several pieces
	printed   uint64 // what was printed, in order where that matters
	closed    uint64 // managers
	deaths    int    // processes that were killed for no reason of the program's
	Hasty     bool   // by the clock, a loop whose rounds take time was kept from going round: it went on for too long
	Odd       bool   // what can come next depends on more than State tells
}

// Proc is one process of a run.
type Proc struct {
	ID       ID
	Path     string
	Name     string
	Parent   ID
	Pending  *Pending
	said     []string // printed before the pending operation
	clock    Clock
	n        int32
	held     []Holding
	copies   map[string]int // open copies of pipe ends
	time     int64          // virtual nanoseconds
	last     int            // its last step; -1
	start    int            // the step that started it
	Ended    int            // the step that ended it; -1
	Killed   bool
	recent   []round
	dozes    int    // its last steps that were sleeps
	serving  bool   // it has started a process of the library's own
	post     *post  // of a pool's worker
	pool     string // that it has made last, whose workers it starts
	gaveUp   int    // how often it has given up the same wait early
	gaveUpAt trace.Site
	midLine  bool   // what it printed last does not end a line
	past     uint64 // what it was given and has learned; 0: it has learned what is not on record
	reaper   *Proc  // that may kill it; nil: none
	victim   *Proc  // it is no process, but the reaper of this one
}

// object is the state of what processes share, if it is more than a cell's.
type object interface {
	// gone says that a process has ended, by that step.
	gone(w *World, p *Proc, at int)
	// state is what later operations on it depend on.
	state(w *World) uint64
}

// idOf tells objects of several classes apart that a program gives one name.
type idOf[T object] string

type identity interface{ text() string }

func (id idOf[T]) text() string { return string(id) }

// objectOf finds an object's state, or makes it.
func objectOf[T object](w *World, id string, fresh func() T) T {
	if o, ok := w.objects[idOf[T](id)]; ok {
		return o.(T)
	}
	o := fresh()
	w.objects[idOf[T](id)] = o
	return o
}

// Halt is a moment at which nothing could be done but to let time pass, or at
// which a process was ended by another. What was not made then counts for the
// search like what is not made at the end.
type Halt struct {
	At      int // steps made before
	Blocked []Stopped
	Lost    bool // their process was ended: they are not made later either
}

// Stopped is an operation that was not made.
type Stopped struct {
	Proc   ID
	Access []Access
	Before Clock
	Locks  []Resource // see World.Locks
}

// resource keeps who did what to something conflicts may arise over.
type resource struct {
	by     [modes]Clock
	used   [modes]bool
	events []int
	writes int // changes so far, as someone who waits for a change counts them
}

// NewWorld returns the state before a program's first process has begun.
func NewWorld(names *Names, o Options) *World {
	if o.Capacity == 0 {
		o.Capacity = Capacity
	}
	return &World{
		names: names, options: o,
		resources: map[Resource]*resource{}, cells: map[Resource]*cell{},
		objects: map[any]object{}, ends: map[string]*end{}, Objects: map[string]trace.Event{},
	}
}

// Begin adds the first process.
func (w *World) Begin(path string) (*Proc, error) { return w.spawn(path, "main", -1, -1, nil) }

func (w *World) spawn(path, name string, parent ID, start int, clock Clock) (*Proc, error) {
	id, ok := w.names.Proc(path)
	if !ok {
		return nil, &Unfit{Processes}
	}
	for int(id) >= len(w.procs) {
		w.procs = append(w.procs, nil)
	}
	if w.procs[id] != nil {
		return nil, &Unfit{Nonsense}
	}
	p := &Proc{ID: id, Path: path, Name: name, Parent: parent, clock: clock.Copy(), last: -1, start: start, Ended: -1, copies: map[string]int{}}
	var by *Event
	if parent >= 0 {
		p.time = w.procs[parent].time
		by = &w.Events[start]
	}
	p.past = given(path, by)
	w.procs[id] = p
	w.Started = append(w.Started, id)
	if parent >= 0 && w.options.Deaths > 0 {
		return p, w.reap(p)
	}
	return p, nil
}

// Proc returns a process of this run, or nil.
func (w *World) Proc(id ID) *Proc {
	if id < 0 || int(id) >= len(w.procs) {
		return nil
	}
	return w.procs[id]
}

// At returns the process with that path, or nil.
func (w *World) At(path string) *Proc {
	id, ok := w.names.Known(path)
	if !ok {
		return nil
	}
	return w.Proc(id)
}

// Post notes what a process is about to do, and what it printed before.
func (w *World) Post(p *Proc, op trace.Event, said []string) {
	p.Pending = &Pending{Op: op, since: w.now}
	p.said = append(p.said, said...)
	p.begins(op)
	w.hush(p)
	p.goesRound(w)
}

// Died notes that a process ended without a word.
func (w *World) Died(p *Proc, said []string) {
	p.said = append(p.said, said...)
	p.Pending = &Pending{Op: trace.Event{Proc: p.Path, Kind: trace.Exit, Index: -1}, Phase: Dies}
	w.hush(p)
}

// Living reports whether any process has not ended.
func (w *World) Living() bool {
	for _, p := range w.procs {
		if p != nil && p.Ended < 0 && p.victim == nil {
			return true
		}
	}
	return false
}

// Next is what a process does when it is let go: what it said, or its pending
// operation. nil: it has ended or has not come to anything.
func (w *World) Next(p *Proc) *Pending {
	if p == nil || p.Ended >= 0 || p.Pending == nil || p.victim != nil && p.victim.Ended >= 0 {
		return nil
	}
	if len(p.said) > 0 {
		return &Pending{Op: trace.Event{Proc: p.Path, Kind: trace.Print, Arg: p.said[0], Hash: hashText(p.said[0]), Index: -1}, Phase: Says}
	}
	return p.Pending
}

// Enabled returns the processes that can go on, but for reapers. tail is set when one of them has
// died and comes before all others.
func (w *World) Enabled() (s Set, tail bool) {
	for _, p := range w.procs {
		next := w.Next(p)
		if next == nil || p.victim != nil {
			continue
		}
		if next.Phase == Dies {
			return SetOf(p.ID), true
		}
		if ok, _ := w.can(p, next); ok {
			s = s.With(p.ID)
		}
	}
	return s, false
}

// can reports whether a process can go on, and by which steps.
func (w *World) can(p *Proc, next *Pending) (bool, []int) {
	if next.Phase == Says || next.Phase == Dies {
		return true, nil
	}
	var changes []int
	if next.spin != nil {
		changed, by := next.spin.changed(w)
		if !changed {
			return false, nil
		}
		changes = by
	}
	if w.sleeps(next) {
		return false, nil
	}
	if w.immediate(next) {
		if onCond(next.Op) {
			if _, woken := w.condOf(next.Op.Object).woken[p.ID]; woken {
				ok, needs := w.lockOf(next.Op.Key).open()
				return ok, append(slices.Clip(needs), changes...)
			}
		}
		return true, changes // nothing else made it possible: it would have returned without, too
	}
	ready, needs := ruleOf(next.Op).ready(w, p, next)
	return ready, append(slices.Clip(needs), changes...)
}

// Touches returns what a process would do to what, if it were let go now.
func (w *World) Touches(p *Proc) []Access {
	next := w.Next(p)
	if next == nil {
		return nil
	}
	return w.touches(p, next)
}

func (w *World) touches(p *Proc, next *Pending) []Access {
	own := Access{On: w.resource(ofProcess, p.Path, -1, ""), Mode: Live}
	if next.Phase == Says {
		return []Access{own, w.saying(p, next)}
	}
	if next.Phase == Dies {
		return append(w.ending(p), own)
	}
	rule := ruleOf(next.Op)
	ready, _ := rule.ready(w, p, next)
	list := append(rule.touch(w, p, next, ready), own)
	if w.immediate(next) {
		for _, a := range list {
			if a.Mode == Put || a.Mode == PutSure || a.Mode == Out {
				list = append(list, Access{On: a.On, Mode: Look}) // it could have come too early
			}
		}
	}
	if next.spin != nil {
		for _, a := range next.spin.reads {
			if !slices.Contains(list, a) { // its steps have the reads of the rounds before
				list = append(list, a)
			}
		}
	}
	return list
}

func (w *World) resource(c class, object string, index int, key string) Resource {
	return w.names.resource(resourceKey{c, object, index, key})
}

func (w *World) state(r Resource) *resource {
	s := w.resources[r]
	if s == nil {
		s = &resource{}
		w.resources[r] = s
	}
	return s
}

// Common reports whether any process has done what another can learn of, or feel,
// beside being started and ending well: only then can their order matter.
func (w *World) Common() bool {
	if w.speakers.Without(SetOf(0)) != 0 {
		return true // there is one output
	}
	for i := range w.Events {
		e := &w.Events[i]
		switch e.Op.Kind {
		case trace.Signal, trace.Alive, trace.Poll:
			return true
		case trace.Join:
			if e.Op.Limit != 0 {
				return true
			}
		case trace.Exit:
			if e.Proc != 0 && (e.Phase == Dies || e.Op.Arg != "0") {
				return true
			}
		case trace.Begin, trace.Start, trace.Sleep, trace.New:
		default:
			if e.Proc != 0 {
				return true
			}
		}
	}
	return false
}

// PathOf is the path of a process that some run has had.
func (w *World) PathOf(id ID) string { return w.names.Path(id) }

// Steps is how many steps a process has made in this run.
func (w *World) Steps(id ID) int {
	if p := w.Proc(id); p != nil {
		return int(p.n)
	}
	return 0
}
