//go:build !portable

package watch

import (
	"fmt"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/ptrace"
)

// starts takes the change that a thread started another.
func (r *traced) starts(c *ptrace.Change) {
	now := time.Now()
	t := r.threads[c.ID]
	if t == nil {
		t = r.arrived(c.ID, now)
	}
	if child, ok := ptrace.Message(c.ID, c.Event()); t != nil && ok {
		r.began(child, t.of, now)
		if e := r.table.byPID[child]; e != nil && e.Parent == t.of.PID {
			e.borrowed = ptrace.SharesMemory(c.ID)
		}
	}
}

// handle takes any change, and lets the thread go on.
func (r *traced) handle(c *ptrace.Change) {
	now := time.Now()
	r.last = now
	id := c.ID
	if !c.Status.Stopped() {
		r.gone(id, ending{facts.ExitOf(c.Status), c.Usage, c.Left}, now)
		return
	}
	t := r.threads[id]
	if t == nil {
		if t = r.arrived(id, now); t == nil {
			ptrace.Resume(id, 0)
			return
		}
	}
	signal := c.Status.StopSignal()
	switch c.Event() {
	case 0: // on its way to the thread
		ptrace.Resume(id, signal)
		return
	case unix.PTRACE_EVENT_EXEC:
		former, ok := ptrace.Message(id, unix.PTRACE_EVENT_EXEC)
		if !ok {
			former = id
		}
		r.executed(id, former, t, now)
	case unix.PTRACE_EVENT_SECCOMP:
		if r.started && !r.killed && r.holding.stops(id, t.of.PID, now) {
			return
		}
	case unix.PTRACE_EVENT_EXIT:
		if r.ending(id, t, now); r.stands(id, t.of, now) {
			return
		}
	case unix.PTRACE_EVENT_STOP:
		switch signal {
		case syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
			ptrace.Listen(id) // it stays stopped until somebody continues it
			return
		}
	}
	if r.killed {
		syscall.Kill(t.of.PID, syscall.SIGKILL)
	}
	ptrace.Resume(id, 0)
}

// began notes what a process started: a thread, or a process.
func (r *traced) began(id int, parent *entry, now time.Time) {
	if r.quick[id] {
		delete(r.quick, id)
		return
	}
	if unix.Tgkill(parent.PID, id, 0) == nil {
		r.joins(id, parent, now)
		return
	}
	r.born(id, parent.PID, now)
}

// arrived notes a thread whose first stop is told before its start. That may be told
// late, perhaps even after the thread's end, or never, when the thread that started it
// was killed on the way.
func (r *traced) arrived(id int, now time.Time) *thread {
	s := proc.StatusOf(id)
	if s.Group == 0 {
		return nil
	}
	r.quick[id] = true
	if s.Group != id {
		e := r.table.alive(s.Group)
		if e == nil {
			return nil
		}
		return r.joins(id, e, now)
	}
	r.born(id, s.Parent, now)
	return r.threads[id]
}

// joins notes one more thread of a process.
func (r *traced) joins(id int, of *entry, now time.Time) *thread {
	t := &thread{of: of}
	r.threads[id] = t
	of.running++
	r.bound(of, now)
	return t
}

// born notes a process.
func (r *traced) born(pid, parent int, now time.Time) {
	if r.table.byPID[parent] == nil {
		parent = r.root // its own was killed while it started it
	}
	e := r.table.started(pid, parent, now)
	if end, ok := r.early[pid]; ok {
		delete(r.early, pid)
		r.died(e, end, now)
		return
	}
	if r.killed {
		e.cut, e.End = true, now.Sub(r.table.begin)
		syscall.Kill(pid, syscall.SIGKILL)
	}
	r.threads[pid] = &thread{of: e, leader: true}
	e.running = 1
	r.living++
	r.bound(e, now)
}

// bound ends the run when it has become too large by e. The newcomer has not
// made a step yet, and makes none.
func (r *traced) bound(e *entry, now time.Time) {
	if r.killed {
		return
	}
	m := measure{processes: r.living, threads: len(r.threads), looks: []proc.Stat{{PID: e.PID}}}
	h := r.over(m)
	if most := MostZombies * r.Limits.Processes; h == nil && len(r.dead) > most {
		r.forgetJoined()
		if len(r.dead) > most {
			h = &facts.LimitExceeded{Limit: "processes", Bound: strconv.Itoa(r.Limits.Processes),
				Seen: fmt.Sprintf("%d, of them %d zombies", r.living+len(r.dead), len(r.dead)), PID: r.dead[len(r.dead)-1].Parent}
		}
	}
	if h != nil && !(h.Limit == "processes" && proc.IsProbe(e.PID)) {
		r.end(h, now)
	}
}

// forgetJoined keeps of the dead those that nobody has waited for.
func (r *traced) forgetJoined() {
	kept := r.dead[:0]
	for _, e := range r.dead {
		if e.left || r.table.byPID[e.PID] == e && proc.Exists(e.PID) {
			kept = append(kept, e)
		}
	}
	r.dead = kept
}

// executed notes that a process is another program now. The thread that executed
// it has taken the first one's place and number, and there is no other.
func (r *traced) executed(id, former int, t *thread, now time.Time) {
	if former != id {
		delete(r.threads, former)
	}
	t.ended, t.of.running, t.of.executed = false, 1, true
	for _, c := range t.of.children {
		c.borrowed = false // it has the former memory alone
	}
	t.of.Memory = 0 // what was seen of it until now was its parent's, shared by vfork
	if t.of.PID == r.root && !r.started {
		r.started = true
		r.table.begin = now
		return // its arguments are known
	}
	if argv := proc.Args(id); len(argv) > 0 {
		t.of.Argv, t.of.named = argv, true
	}
	if len(r.Fixed) > 0 {
		t.of.Strays = r.strays(proc.Env(id))
	}
}

// ending notes that a thread makes no more steps. With the last one, the process
// has ended but for its parent, who is told when the tracer lets it go.
func (r *traced) ending(id int, t *thread, now time.Time) {
	if t.ended {
		return
	}
	t.ended = true
	e := t.of
	if e.running--; e.running > 0 || e.ended {
		return
	}
	if !e.executed && proc.IsProbe(e.PID) {
		r.table.forget(e)
		r.living--
		return
	}
	s := proc.StatusOf(id)
	e.CPU, e.Memory = max(e.CPU, proc.CPUTime(e.PID)), max(e.Memory, s.Peak)
	r.finish(e, now, true)
}

// finish notes that a process is past its last step, and what it leaves. Where that
// step was seen, nothing has happened since.
func (r *traced) finish(e *entry, now time.Time, seen bool) {
	if !e.cut {
		e.End = now.Sub(r.table.begin)
	}
	e.ended = true
	r.living--
	for _, c := range e.children {
		switch {
		case c.left || c.orphan || c.cut:
		case c.dead:
			c.left = r.table.byPID[c.PID] == c && proc.IsZombie(c.PID)
		case c.ended || proc.IsZombie(c.PID):
			c.left, c.unsure = true, !seen
		default:
			c.orphan = true
		}
	}
}

// gone notes the end of a thread.
func (r *traced) gone(id int, end ending, now time.Time) {
	t := r.threads[id]
	if t == nil {
		if e := r.table.byPID[id]; e == nil {
			r.early[id] = end
		} else if e.dead {
			// It is told once more, to init as the one to whom it fell: nobody had
			// waited for it. Its parent's last step can't always tell: a thread that
			// was stopped for a signal when others ended the process may end unseen.
			e.left = true
		}
		return
	}
	delete(r.threads, id)
	if !t.leader {
		if !t.ended {
			t.of.running--
		}
		return
	}
	e := t.of
	if !e.ended && !e.probe {
		e.CPU = max(e.CPU, ownTime(e, end.usage))
		r.finish(e, now, false)
	}
	r.died(e, end, now)
}

// died notes that a process is a zombie now, or gone.
func (r *traced) died(e *entry, end ending, now time.Time) {
	r.table.died(e, end.exit, now)
	r.cpu += e.CPU
	if e.PID == r.root {
		close(r.exited)
		return
	}
	parent := r.table.byPID[e.Parent]
	if parent == nil || parent.ended || e.probe {
		return
	}
	// The parent is gone though nobody has seen its last step, and the child's death is
	// told before the parent's.
	if end.left {
		e.left, e.unsure = true, true
		return
	}
	// A parent that ignores SIGCHLD has its children's exits thrown away: they
	// are gone at once, and nobody can wait for them.
	if !proc.Exists(e.PID) && proc.StatusOf(parent.PID).IgnoresChildren {
		e.left, e.unsure = true, true
		return
	}
	r.dead = append(r.dead, e)
}

// ownTime is the processor time of a process that was killed too hard to be
// asked: what the kernel counts for it and for those that it waited for.
func ownTime(e *entry, u syscall.Rusage) time.Duration {
	if len(e.children) > 0 {
		return 0
	}
	return facts.CPUOf(&u)
}
