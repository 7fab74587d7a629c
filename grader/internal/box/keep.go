//go:build unix

package box

import (
	"sync"
	"syscall"
	"time"
)

// watch is what is known of a run while it goes on, however it is watched.
type watch struct {
	mu     sync.Mutex
	table  *table
	limits Limits
	group  *membership
	beside *outside
	root   int
	hit    *Hit
	killed bool
	cpu    time.Duration    // of processes that ended
	memory int64            // peak, summed over the tree
	spent  time.Duration    // processor time when the run last got on
	moved  time.Time        // … and when that was
	still  bool             // it has been seen to hang
	often  [2]time.Duration // looks come that long after each other, at first and in the end
	exited chan struct{}    // the root ended
	empty  chan struct{}    // nobody is left
}

func newWatch(o order) watch {
	return watch{table: newTable(time.Now()), limits: o.Limits, group: o.group, beside: o.outside, often: [2]time.Duration{firstLook, restLook}, exited: make(chan struct{}), empty: make(chan struct{})}
}

// watcher is one way to watch.
type watcher interface {
	look()       // measures what the limits bound, and ends the run if one is reached
	kill(h *Hit) // ends the run; h says why, nil that it is only orphans that are ended
}

// Looks come often at first, when children are started, and then settle down.
const (
	firstLook = time.Millisecond
	restLook  = 10 * time.Millisecond
)

// keep holds a run to its limits until nobody is left. Real time is the grader's to
// keep, who says by cut that it is over.
func (w *watch) keep(by watcher, cut <-chan Hit, gone <-chan struct{}) {
	next := time.NewTimer(w.often[0])
	defer next.Stop()
	var linger <-chan time.Time
	pause, exited := w.often[0], w.exited
	for {
		select {
		case <-w.empty:
			return
		case <-exited:
			exited = nil
			linger = time.After(w.limits.Linger)
		case <-linger:
			by.kill(nil)
		case h := <-cut:
			if h.Limit == "wall" {
				h.PID = w.root
			}
			by.kill(&h)
		case <-gone:
			gone = nil
			by.kill(&Hit{Limit: "grader"})
		case <-next.C:
			by.look()
			pause = min(pause+pause/4, w.often[1])
			next.Reset(pause)
		}
	}
}

// measure is what a look found out about the whole tree at one moment.
type measure struct {
	cpu                time.Duration
	memory             int64
	shared             int64 // of it, what others may count, too
	starved            bool  // the kernel ended one for want of memory
	processes, threads int
	looks              []look
}

// count completes a measure with what the group tells, or with what processes hold
// beside their own: what they have mapped of it is in their figures already.
func (w *watch) count(m *measure) {
	m.memory += max(0, w.beside.look(m.looks)-m.shared)
	m.memory = w.group.memory(m.memory, w.limits.Memory)
	m.cpu = max(m.cpu, w.group.cpu())
	m.starved = w.group.starved()
	w.memory = max(w.memory, m.memory)
}

// over says which limit is reached, if one is.
func (w *watch) over(m measure) *Hit {
	l := w.limits
	switch {
	case m.starved:
		return w.starvation()
	case m.memory > l.Memory:
		return &Hit{Limit: "memory", Bound: printBytes(l.Memory), Seen: printBytes(m.memory),
			PID: top(m.looks, func(l look) int64 { return l.resident + l.shared })}
	case w.beside.written() > l.FileSize:
		return w.flood(w.beside.written())
	case m.cpu > l.CPU:
		return &Hit{Limit: "cpu", Bound: printTime(l.CPU), Seen: printTime(m.cpu),
			PID: top(m.looks, func(l look) int64 { return int64(l.cpu) })}
	case m.processes > l.Processes:
		return &Hit{Limit: "processes", Bound: printCount(l.Processes), Seen: printCount(m.processes), PID: m.looks[len(m.looks)-1].pid}
	case m.threads > l.Threads:
		return &Hit{Limit: "threads", Bound: printCount(l.Threads), Seen: printCount(m.threads),
			PID: top(m.looks, func(l look) int64 { return int64(l.threads) })}
	case w.hangs(m):
		return &Hit{Limit: "wall", Bound: printTime(l.Wall), Seen: printTime(time.Since(w.table.begin)), PID: w.root}
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

// hangs says whether a run is past its limit on real time, which the grader stretches
// on a slow machine, and has not got on for as long again: there is no use in waiting.
func (w *watch) hangs(m measure) bool {
	now := time.Now()
	if w.moved.IsZero() || m.cpu-w.spent >= standstill+now.Sub(w.moved)/standstillShare {
		w.spent, w.moved, w.still = m.cpu, now, false
		return false
	}
	// Whoever sleeps now may have worked since its time was read: that is seen at the
	// next look.
	most, before := max(w.limits.Wall, leastStill), w.still
	w.still = now.Sub(w.table.begin) > most && now.Sub(w.moved) > most && !wantsProcessor(m.looks)
	return w.still && before
}

// starvation is the hit of a run that the group's ceiling stopped.
func (w *watch) starvation() *Hit {
	h := &Hit{Limit: "memory", Bound: printBytes(w.limits.Memory), Seen: printBytes(w.group.most) + " with all that the kernel counts"}
	most := int64(-1)
	for _, e := range w.table.entries {
		if e.Memory > most {
			h.PID, most = e.PID, e.Memory
		}
	}
	return h
}

// flood is the hit of a run that has written too many files.
func (w *watch) flood(bytes int64) *Hit {
	return &Hit{Limit: "file size", Bound: printBytes(w.limits.FileSize), Seen: printBytes(bytes) + " in all", PID: w.root}
}

// top names the process of which there is most.
func top(looks []look, by func(look) int64) int {
	var pid int
	most := int64(-1)
	for _, l := range looks {
		if by(l) > most {
			pid, most = l.pid, by(l)
		}
	}
	return pid
}

// observation is the run, once nobody is left.
func (w *watch) observation() *Observation {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hit == nil && w.group.starved() { // it ended before anybody looked
		w.hit = w.starvation()
	}
	if left := w.beside.left(); w.hit == nil && left > w.limits.FileSize { // likewise
		w.hit = w.flood(left)
	}
	return &Observation{
		Exit:      w.table.root().Exit,
		Wall:      time.Since(w.table.begin),
		CPU:       w.cpu,
		Memory:    w.memory,
		Hit:       w.hit,
		Uncounted: w.beside.uncounted(),
		Processes: w.table.processes(),
	}
}

// look is one process as it was seen at one moment.
type look struct {
	pid, parent int
	zombie      bool
	probe       bool // the Go runtime's own, see isProbe
	cpu         time.Duration
	resident    int64 // bytes of its own
	shared      int64 // bytes that others may count, too
	threads     int
}

func exists(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
