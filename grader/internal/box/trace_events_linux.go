//go:build !portable

package box

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// starts takes the news that a thread started another.
func (r *traced) starts(n *news) {
	now := time.Now()
	t := r.threads[n.id]
	if t == nil {
		t = r.arrived(n.id, now)
	}
	if child, ok := message(n.id, n.event()); t != nil && ok {
		r.began(child, t.of, now)
	}
}

// message reads what the kernel adds to the event for which a thread has stopped:
// whom it started, or what its number was. There is none when the thread was killed
// meanwhile. It then stops once more, for its end, and what is to be read there is
// its exit status, which would pass for the number of a process.
func message(id, event int) (int, bool) {
	said, err := unix.PtraceGetEventMsg(id)
	return int(said), err == nil && stoppedFor(id) == event
}

// stoppedFor is the event for which a thread stands stopped now; 0: none.
func stoppedFor(id int) int {
	var info [128]byte // siginfo_t: signal, errno and code, each of 32 bits
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GETSIGINFO, uintptr(id), 0, uintptr(unsafe.Pointer(&info)), 0, 0); errno != 0 {
		return 0
	}
	return int(binary.NativeEndian.Uint32(info[8:])) >> 8
}

// told takes any news, and lets the thread go on.
func (r *traced) told(n *news) {
	now := time.Now()
	r.last = now
	id := n.id
	if !n.status.Stopped() {
		r.gone(id, ending{exitOf(n.status), n.usage, n.left}, now)
		return
	}
	t := r.threads[id]
	if t == nil {
		if t = r.arrived(id, now); t == nil {
			unix.PtraceCont(id, 0)
			return
		}
	}
	signal := n.status.StopSignal()
	switch n.event() {
	case 0: // on its way to the thread
		resume(id, signal)
		return
	case unix.PTRACE_EVENT_EXEC:
		former, ok := message(id, unix.PTRACE_EVENT_EXEC)
		if !ok {
			former = id
		}
		r.executed(id, former, t, now)
	case unix.PTRACE_EVENT_EXIT:
		r.ending(id, t, now)
	case unix.PTRACE_EVENT_STOP:
		switch signal {
		case syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
			listen(id) // it stays stopped until somebody continues it
			return
		}
	}
	if r.killed {
		syscall.Kill(t.of.PID, syscall.SIGKILL)
	}
	resume(id, 0)
}

// began notes what a process started: a thread, or a process.
func (r *traced) began(id int, parent *entry, now time.Time) {
	if r.quick[id] {
		delete(r.quick, id)
		return
	}
	if unix.Tgkill(parent.PID, id, 0) == nil {
		r.threads[id] = &thread{of: parent}
		parent.running++
		r.bound(parent, now)
		return
	}
	r.born(id, parent.PID, now)
}

// arrived notes a thread whose first stop came before the news of its start. The
// news comes late, perhaps even after the thread's end, or never, when the thread
// that started it was killed on the way.
func (r *traced) arrived(id int, now time.Time) *thread {
	s := statusOf(id)
	if s.group == 0 {
		return nil
	}
	r.quick[id] = true
	if s.group != id {
		e := r.table.alive(s.group)
		if e == nil {
			return nil
		}
		r.threads[id] = &thread{of: e}
		e.running++
		r.bound(e, now)
		return r.threads[id]
	}
	r.born(id, s.parent, now)
	return r.threads[id]
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

// mostZombies bounds the ended processes that nobody waited for, as a multiple
// of the bound on the living: they hold nothing but their numbers.
const mostZombies = 8

// bound ends the run when it has become too large by e. The newcomer has not
// made a step yet, and makes none.
func (r *traced) bound(e *entry, now time.Time) {
	if r.killed {
		return
	}
	m := measure{processes: r.living, threads: len(r.threads), looks: []look{{pid: e.PID}}}
	h := r.over(m)
	if most := mostZombies * r.limits.Processes; h == nil && len(r.dead) > most {
		r.forgetJoined()
		if len(r.dead) > most {
			h = &Hit{Limit: "processes", Bound: printCount(r.limits.Processes),
				Seen: fmt.Sprintf("%d, of them %d zombies", r.living+len(r.dead), len(r.dead)), PID: r.dead[len(r.dead)-1].Parent}
		}
	}
	if h != nil && !(h.Limit == "processes" && isProbe(e.PID)) {
		r.end(h, now)
	}
}

// forgetJoined keeps of the dead those that nobody has waited for.
func (r *traced) forgetJoined() {
	kept := r.dead[:0]
	for _, e := range r.dead {
		if e.left || r.table.byPID[e.PID] == e && exists(e.PID) {
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
	t.of.Memory = 0 // what was seen of it until now was its parent's, shared by vfork
	if t.of.PID == r.root && !r.started {
		r.started = true
		r.table.begin = now
		return // its arguments are known
	}
	if argv := argvOf(id); len(argv) > 0 {
		t.of.Argv = argv
	}
	if len(r.order.Fixed) > 0 {
		t.of.Strays = strays(r.order, wordsOf(id, "environ"))
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
	if !e.executed && isProbe(e.PID) {
		r.table.forget(e)
		r.living--
		return
	}
	s := statusOf(id)
	e.CPU, e.Memory = max(e.CPU, processTime(e.PID)), max(e.Memory, s.peak)
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
			c.left = r.table.byPID[c.PID] == c && isZombie(c.PID)
		case c.ended || isZombie(c.PID):
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
	// A parent that is deaf to SIGCHLD has its children's exits thrown away: they
	// are gone at once, and nobody can wait for them.
	if !exists(e.PID) && statusOf(parent.PID).deaf {
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
	return cpuOf(&u)
}

// seize makes the calling thread the tracer of a thread.
func seize(id int) error {
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(id), 0, traceOptions, 0, 0); errno != 0 {
		return os.NewSyscallError("ptrace", errno)
	}
	return nil
}

// resume lets a stopped thread go on. That it was killed meanwhile is no error.
func resume(id int, signal syscall.Signal) {
	unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_CONT, uintptr(id), 0, uintptr(signal), 0, 0)
}

// listen leaves a stopped thread stopped, and open to be continued.
func listen(id int) {
	unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_LISTEN, uintptr(id), 0, 0, 0, 0)
}

// processTime is the processor time of all threads that a process ever had, to
// the nanosecond: every process has a clock that shows it.
func processTime(pid int) time.Duration {
	var ts unix.Timespec
	const scheduled = 2
	if unix.ClockGettime(int32(^pid<<3|scheduled), &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// status is what is used of /proc/ID/status.
type status struct {
	group, parent int
	peak          int64 // most bytes resident so far
	deaf          bool  // it ignores SIGCHLD
}

func statusOf(id int) status {
	var s status
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
	if err != nil {
		return s
	}
	for line := range bytes.Lines(data) {
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		value = bytes.TrimSpace(value)
		number := func() int { n, _ := strconv.Atoi(string(bytes.TrimSuffix(value, []byte(" kB")))); return n }
		switch string(name) {
		case "Tgid":
			s.group = number()
		case "PPid":
			s.parent = number()
		case "VmHWM":
			s.peak = int64(number()) << 10
		case "SigIgn":
			mask, _ := strconv.ParseUint(string(value), 16, 64)
			s.deaf = mask&(1<<(syscall.SIGCHLD-1)) != 0
			return s // the last one of these
		}
	}
	return s
}
