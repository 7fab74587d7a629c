//go:build unix

package watch

import (
	"slices"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/stall"
)

// tableSize bounds the processes that a run's table keeps. A program that
// starts more than this many, one after the other, is counted on but the later
// ones are not described.
const tableSize = 4096

// table is what is known of a run's processes. Whoever watches the kernel tells
// it what happened, in order; the table works out what became of each process.
// It asks the kernel nothing itself.
type table struct {
	begin   time.Time
	entries []*entry       // by start; the root is first
	byPID   map[int]*entry // the latest process that had the number
	beyond  int            // processes that found no room
}

// entry is one process of the table.
type entry struct {
	facts.Process
	dead     bool
	ended    bool // it made its last step; where polled: it was seen as a zombie, its parent being alive
	left     bool // its parent never collected it; init had to
	unsure   bool // … and nobody saw whether it or its parent ended first, or its exit was thrown away
	unknown  bool // nobody can tell whether its parent collected it
	orphan   bool // it was alive when its parent ended
	cut      bool // it was alive when the box ended the run
	probe    bool // it is no process of the program's making
	executed bool // it executed a program
	borrowed bool // it was started with its parent's memory, and has no other yet
	named    bool // the arguments are its own, and not what it had from its parent
	standing bool // it has ended, and is not let go yet
	running  int  // threads that make steps, where they are traced
	children []*entry
}

func newTable(begin time.Time) *table {
	return &table{begin: begin, byPID: map[int]*entry{}}
}

// started notes a process. The first one is the root.
func (t *table) started(pid, parent int, at time.Time) *entry {
	e := &entry{Process: facts.Process{PID: pid, Parent: parent, Start: at.Sub(t.begin)}}
	if len(t.entries) == 0 {
		e.Parent = 0
	}
	t.byPID[pid] = e
	if p := t.byPID[parent]; p != nil && e.Parent != 0 {
		e.Argv = p.Argv // until it executes something else
		p.children = append(p.children, e)
		e.orphan = p.dead || p.ended
	}
	if len(t.entries) < tableSize {
		t.entries = append(t.entries, e)
	} else {
		t.beyond++
	}
	return e
}

// count is how many processes there have been.
func (t *table) count() int { return len(t.entries) + t.beyond }

// root returns the first process, or nil before it started.
func (t *table) root() *entry {
	if len(t.entries) == 0 {
		return nil
	}
	return t.entries[0]
}

// alive returns the living process with the number, or nil.
func (t *table) alive(pid int) *entry {
	if e := t.byPID[pid]; e != nil && !e.dead {
		return e
	}
	return nil
}

// died notes a process's end. Its living children are orphans from now on,
// unless the box itself is ending the run.
func (t *table) died(e *entry, exit facts.Exit, at time.Time) {
	if e.dead {
		return
	}
	e.dead, e.Exit = true, exit
	if !e.cut && e.End == 0 {
		e.End = at.Sub(t.begin)
	}
	for _, child := range e.children {
		if !child.dead && !child.ended && !child.unknown && !child.left && !child.cut {
			child.orphan = true
		}
	}
}

// forget takes the latest process out again: it was none of the program's.
func (t *table) forget(e *entry) {
	e.probe = true
	if i := slices.Index(t.entries, e); i >= 0 {
		t.entries = slices.Delete(t.entries, i, i+1)
	} else {
		t.beyond--
	}
	if p := t.byPID[e.Parent]; p != nil {
		p.children = slices.DeleteFunc(p.children, func(c *entry) bool { return c == e })
	}
}

// ask finds out what those who live wait for.
func (t *table) ask() {
	living := t.oldest()
	pids := make([]int, len(living))
	for i, e := range living {
		pids[i] = e.PID
	}
	stalls := stall.Of(pids)
	for _, e := range living {
		e.Stalls = stalls[e.PID]
	}
}

// endAll notes that the box ends the run: what lives now dies by its hand.
func (t *table) endAll(at time.Time) {
	for _, e := range t.byPID {
		if !e.dead && !e.cut {
			e.cut, e.End = true, at.Sub(t.begin)
		}
	}
}

// oldest returns the living processes by start.
func (t *table) oldest() []*entry {
	var living []*entry
	for _, e := range t.byPID {
		if !e.dead {
			living = append(living, e)
		}
	}
	slices.SortFunc(living, func(a, b *entry) int { return int(a.Start - b.Start) })
	return living
}

// processes returns the finished table.
func (t *table) processes() []facts.Process {
	out := make([]facts.Process, 0, len(t.entries))
	for i, e := range t.entries {
		p := e.Process
		p.Argv = slices.Clone(p.Argv)
		p.State = t.state(e, i == 0)
		out = append(out, p)
	}
	return out
}

func (t *table) state(e *entry, root bool) facts.State {
	parent := t.parent(e)
	switch {
	case root:
		return facts.Root
	case e.orphan:
		return facts.Orphan
	case e.cut:
		return facts.CutOff
	case e.unsure, e.left && parent != nil && parent.cut:
		return facts.Unwaited // its parent might have come to it
	case e.left:
		return facts.Zombie
	case e.unknown:
		return facts.Ended
	}
	return facts.Joined
}

// parent finds a process's parent, also when its number was used again.
func (t *table) parent(e *entry) *entry {
	for _, p := range t.entries {
		if p.PID == e.Parent && slices.Contains(p.children, e) {
			return p
		}
	}
	return nil
}
