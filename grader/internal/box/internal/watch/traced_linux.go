//go:build !portable

package watch

import (
	"syscall"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/ptrace"
)

// traced is one run under a tracer.
type traced struct {
	watch
	threads  map[int]*thread // by id: all that are traced
	quick    map[int]bool    // threads that stopped first before they were told of
	early    map[int]ending  // ends that were told before the start
	living   int             // processes that can still make a step
	dead     []*entry        // ended, their parent lives, and nobody has seen yet that it waited for them
	changes  []ptrace.Change // kept for its room
	last     time.Time       // when something was told
	holding  *holding        // orders that are forced
	standing standing        // children that are not let end yet
	started  bool            // the root has become the program
}

func newTraced(run Run) *traced {
	r := &traced{watch: newWatch(run), threads: map[int]*thread{}, quick: map[int]bool{}, early: map[int]ending{}, holding: newHolding(run)}
	r.killAll = r.killLeaders
	return r
}

// begins notes the root's first thread.
func (r *traced) begins(pid int) (root *entry) {
	r.table.begin = time.Now()
	root = r.begin(pid)
	r.threads[pid] = &thread{of: root, leader: true}
	root.running, r.living = 1, 1
	return root
}

// thread is one thread of a process.
type thread struct {
	of     *entry
	leader bool
	ended  bool // it makes no more steps of the program's
}

// ending is the end of a process.
type ending struct {
	exit  facts.Exit
	usage syscall.Rusage
	left  bool // it fell to init: its parent was gone, and had not waited for it
}

// borrowing is how long a new process may be without a program of its own before
// its memory counts, where neither the kernel nor the call that started it says whose it is.
// Until then it most likely has its parent's, by vfork, and would be counted twice.
const borrowing = 100 * time.Millisecond

var sharesMemory = proc.SharesMemory

// borrows reports whether a process has its parent's memory.
func (r *traced) borrows(e *entry, now time.Time) bool {
	if e.executed || e.PID == r.root {
		return false
	}
	shares, err := sharesMemory(e.PID, e.Parent)
	if err == nil {
		return shares
	}
	parent := r.table.byPID[e.Parent]
	return e.borrowed && parent != nil && !parent.ended && !parent.dead || now.Sub(r.table.begin)-e.Start < borrowing
}

// look measures the living processes. Starts, ends and their number need no
// looking.
func (r *traced) look() {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.killed {
		r.killHidden(now)
		return
	}
	m := measure{cpu: r.cpu}
	for id, t := range r.threads {
		if !t.leader || t.ended || r.borrows(t.of, now) {
			continue
		}
		l := proc.Stat{PID: id, CPU: proc.CPUTime(id)}
		l.Resident, l.Shared = proc.Resident(id)
		t.of.CPU, t.of.Memory = max(t.of.CPU, l.CPU), max(t.of.Memory, l.Resident+l.Shared)
		m.add(l)
		m.looks = append(m.looks, l)
	}
	r.check(m, now)
}

// killLeaders kills all that is traced. Who is started from now on is killed as soon as
// it is seen, before it makes a step.
func (r *traced) killLeaders() {
	for id, t := range r.threads {
		if t.leader {
			syscall.Kill(id, syscall.SIGKILL)
		}
	}
}

// silence is how long nothing is told of a run that was killed before the box
// looks for itself.
const silence = 100 * time.Millisecond

// killHidden kills what no tracer saw, should there be such a thing in spite of
// the filter: it is still below init.
func (r *traced) killHidden(now time.Time) {
	if now.Sub(r.last) < silence {
		return
	}
	r.last = now
	for _, l := range proc.Descendants(0) {
		syscall.Kill(l.PID, syscall.SIGKILL)
	}
}
