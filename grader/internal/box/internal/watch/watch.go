//go:build unix

// Package watch watches a run, holds it to its limits, and works out what became of its
// processes.
package watch

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/openfiles"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/shim"
)

// Run is one run that is to be watched.
type Run struct {
	shim.Program
	Files []*os.File                 // its descriptors
	Fixed []string                   // keys of Env of which a process that has another value is told
	Held  *openfiles.Counter         // what its processes hold beside their memory
	Cut   <-chan facts.LimitExceeded // a limit that is kept elsewhere is reached
	Gone  <-chan struct{}            // nobody wants to know any more

	Signals []facts.Signal  // that it is sent, one after the other
	Printed <-chan struct{} // the next text that one comes after was printed

	AtOnce int // children that are wanted to live at one moment

	Holds    []facts.Hold  // orders of file steps that are forced
	Steps    []facts.Step  // file steps of which it is told who made them
	Patience time.Duration // how long nothing may happen before a process that is held is let go
}

// strays are the keys of what is fixed that an environment does not have as it is.
func (r *Run) strays(has []string) (keys []string) {
	valueOf := func(env []string, key string) (value string, times int) {
		for _, v := range env {
			if rest, ok := strings.CutPrefix(v, key+"="); ok {
				value, times = rest, times+1
			}
		}
		return value, times
	}
	for _, key := range r.Fixed {
		want, _ := valueOf(r.Env, key)
		if got, times := valueOf(has, key); times != 1 || got != want {
			keys = append(keys, key)
		}
	}
	return keys
}

// watch is what is known of a run while it goes on, however it is watched.
type watch struct {
	Run
	signals
	mu      sync.Mutex
	table   *table
	root    int
	hit     *facts.LimitExceeded
	killed  bool
	cpu     time.Duration    // of processes that ended
	memory  int64            // peak, summed over the tree
	spent   time.Duration    // processor time when the run last got on
	moved   time.Time        // … and when that was
	still   bool             // it has been seen to hang
	often   [2]time.Duration // looks come that long after each other, at first and in the end
	killAll func()           // kills all that is known to live; the lock is held
	exited  chan struct{}    // the root ended
	empty   chan struct{}    // nobody is left
}

func newWatch(r Run) watch {
	return watch{
		Run: r, table: newTable(time.Now()), often: [2]time.Duration{firstLook, restLook},
		exited: make(chan struct{}), empty: make(chan struct{}),
	}
}

// begin notes the root, which is about to become the program.
func (w *watch) begin(pid int) *entry {
	w.root = pid
	root := w.table.started(pid, 0, w.table.begin)
	root.Argv = w.Argv()
	return root
}

// Looks come often at first, when children are started, and then settle down.
const (
	firstLook = time.Millisecond
	restLook  = 10 * time.Millisecond
)

// MostZombies bounds the ended processes that nobody waited for, as a multiple
// of the bound on the living: they hold nothing but their numbers.
const MostZombies = 8

// keep holds a run to its limits until nobody is left. look measures what they bound,
// and ends the run if one is reached. Real time is the grader's to keep, who says by Cut
// that it is over.
func (w *watch) keep(look func()) {
	next := time.NewTimer(w.often[0])
	defer next.Stop()
	var linger <-chan time.Time
	pause, exited, gone := w.often[0], w.exited, w.Gone
	for {
		select {
		case <-w.empty:
			return
		case <-exited:
			exited = nil
			linger = time.After(w.Limits.Linger)
		case <-linger:
			w.kill(nil)
		case h := <-w.Cut:
			if h.Limit == "wall" {
				h.PID = w.root
			}
			w.kill(&h)
		case <-gone:
			gone = nil
			w.kill(&facts.LimitExceeded{Limit: "grader"})
		case <-w.Printed:
			w.mu.Lock()
			w.printed++
			w.next(time.Now())
			w.mu.Unlock()
		case <-next.C:
			look()
			pause = min(pause+pause/4, w.often[1])
			next.Reset(pause)
		}
	}
}

// kill ends the run; h says why, nil that it is only orphans that are ended.
func (w *watch) kill(h *facts.LimitExceeded) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end(h, time.Now())
}

// end is kill with the lock held.
func (w *watch) end(h *facts.LimitExceeded, now time.Time) {
	if w.killed {
		return
	}
	w.killed, w.hit = true, h
	if h != nil && h.Limit == "wall" {
		w.table.ask()
	}
	w.table.endAll(now)
	w.killAll()
}

// measure is what a look found out about the whole tree at one moment.
type measure struct {
	looks              []proc.Stat
	processes, threads int
	cpu                time.Duration
	own, shared        int64 // resident of each process's own, and what others may count, too
	memory             int64 // all that counts
}

// add adds what a process has and takes.
func (m *measure) add(p proc.Stat) {
	m.cpu += p.CPU
	m.own, m.shared = m.own+p.Resident, max(m.shared, p.Shared)
}

// check completes a measure with what the group tells, or with what processes hold
// beside their own, what they have mapped of which is in their figures already. It ends
// the run if a limit is reached.
func (w *watch) check(m measure, now time.Time) {
	m.memory = w.Group.Memory(m.own+max(m.shared, w.Held.Look(m.looks)), w.Limits.Memory)
	m.cpu = max(m.cpu, w.Group.CPU())
	w.memory = max(w.memory, m.memory)
	h := w.over(m)
	if w.Group.OverLimit() { // the kernel ended one for want of memory
		h = w.overCeiling()
	}
	if h != nil {
		w.end(h, now)
	}
}

// over says which limit is reached, if one is.
func (w *watch) over(m measure) *facts.LimitExceeded {
	l := w.Limits
	hit := func(limit, bound, seen string, by func(proc.Stat) int64) *facts.LimitExceeded {
		return &facts.LimitExceeded{Limit: limit, Bound: bound, Seen: seen, PID: top(m.looks, by)}
	}
	switch {
	case m.memory > l.Memory:
		return hit("memory", facts.PrintBytes(l.Memory), facts.PrintBytes(m.memory), func(p proc.Stat) int64 { return p.Resident + p.Shared })
	case w.Held.Written() > l.FileSize:
		return w.tooManyFiles(w.Held.Written())
	case m.cpu > l.CPU:
		return hit("cpu", facts.PrintTime(l.CPU), facts.PrintTime(m.cpu), func(p proc.Stat) int64 { return int64(p.CPU) })
	case m.processes > l.Processes:
		last := m.looks[len(m.looks)-1]
		return &facts.LimitExceeded{Limit: "processes", Bound: strconv.Itoa(l.Processes), Seen: strconv.Itoa(m.processes), PID: last.PID}
	case l.Started > 0 && w.table.count() > l.Started:
		return &facts.LimitExceeded{Limit: "started", Bound: strconv.Itoa(l.Started), Seen: strconv.Itoa(w.table.count()), PID: w.root}
	case m.threads > l.Threads:
		return hit("threads", strconv.Itoa(l.Threads), strconv.Itoa(m.threads), func(p proc.Stat) int64 { return int64(p.Threads) })
	case w.hangs(m):
		return &facts.LimitExceeded{Limit: "wall", Bound: facts.PrintTime(l.Wall), Seen: facts.PrintTime(time.Since(w.table.begin)), PID: w.root}
	}
	return nil
}

// standstill is less than what a run that gets on takes of a processor, at once and as a
// share of the time: whoever waits for a lock looks after its owner now and then.
const (
	standstill      = time.Millisecond
	standstillShare = 100
)

// leastStill is how long a run must not have got on at least: a program that is being
// started waits for the box, too.
const leastStill = time.Second

// hangs reports whether a run is past its limit on real time, which the grader stretches
// on a slow machine, and has not got on for as long again: there is no use in waiting.
func (w *watch) hangs(m measure) bool {
	now := time.Now()
	if w.moved.IsZero() || m.cpu-w.spent >= standstill+now.Sub(w.moved)/standstillShare {
		w.spent, w.moved, w.still = m.cpu, now, false
		return false
	}
	// Whoever sleeps now may have worked since its time was read: that is seen at the
	// next look.
	most, before := max(w.Limits.Wall, leastStill), w.still
	w.still = now.Sub(w.table.begin) > most && now.Sub(w.moved) > most && !proc.WantsProcessor(m.looks)
	return w.still && before
}

// overCeiling is the hit of a run that the group's ceiling stopped.
func (w *watch) overCeiling() *facts.LimitExceeded {
	h := &facts.LimitExceeded{Limit: "memory", Bound: facts.PrintBytes(w.Limits.Memory), Seen: facts.PrintBytes(w.Group.Most()) + " with all that the kernel counts"}
	most := int64(-1)
	for _, e := range w.table.entries {
		if e.Memory > most {
			h.PID, most = e.PID, e.Memory
		}
	}
	return h
}

// tooManyFiles is the hit of a run that has written too many files.
func (w *watch) tooManyFiles(bytes int64) *facts.LimitExceeded {
	return &facts.LimitExceeded{Limit: "file size", Bound: facts.PrintBytes(w.Limits.FileSize), Seen: facts.PrintBytes(bytes) + " in all", PID: w.root}
}

// top names the process of which there is most.
func top(looks []proc.Stat, by func(proc.Stat) int64) int {
	var pid int
	most := int64(-1)
	for _, l := range looks {
		if by(l) > most {
			pid, most = l.PID, by(l)
		}
	}
	return pid
}

// observation is the run, once nobody is left.
func (w *watch) observation() *facts.Observation {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hit == nil && w.Group.OverLimit() { // it ended before anybody looked
		w.hit = w.overCeiling()
	}
	if left := w.Held.Left(); (w.hit == nil || w.hit.Limit == "wall") && left > w.Limits.FileSize { // likewise
		w.hit = w.tooManyFiles(left)
	}
	return &facts.Observation{
		Exit:      w.table.root().Exit,
		Wall:      time.Since(w.table.begin),
		CPU:       w.cpu,
		Memory:    w.memory,
		Exceeded:  w.hit,
		Uncounted: w.Held.Uncounted(),
		Processes: w.table.processes(),
		Signals:   w.allSignals(),
	}
}
