//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A tracer watches runs as the kernel's tracer of every thread of every process
// of theirs. A thread that starts another one, executes a program or ends stops
// there and does not go on before the tracer has seen it: the table of processes
// is exact, and nobody can start processes faster than they are counted. When
// init ends, for whatever reason, the kernel kills all that it traces.
//
// Only the thread that traces may let a stopped thread go on, so that everything
// here happens on one thread, which lives as long as init.
type tracer struct {
	jobs chan job
}

type job struct {
	run     *traced
	order   order
	files   []*os.File
	started chan error
}

func newTracer(g *membership) *tracer {
	t := &tracer{jobs: make(chan job)}
	onOwnThread(func() {
		failed := g.enter()
		for j := range t.jobs {
			if failed != nil {
				j.started <- staged("start the program", failed)
				continue
			}
			j.run.follow(j)
		}
	})
	return t
}

// errUntraceable means that this process may not trace its children.
var errUntraceable = errors.New("processes can't be traced here")

// run runs one order.
func (t *tracer) run(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	r := &traced{watch: newWatch(o), order: o, threads: map[int]*thread{}, quick: map[int]bool{}, early: map[int]ending{}}
	j := job{run: r, order: o, files: files, started: make(chan error)}
	t.jobs <- j
	if err := <-j.started; err != nil {
		return nil, err
	}
	r.keep(r, cut, gone)
	return r.observation(), nil
}

// traced is one run under a tracer.
type traced struct {
	watch
	order   order
	threads map[int]*thread // by id: all that are traced
	quick   map[int]bool    // threads that stopped first before there was news of their start
	early   map[int]ending  // ends that were told before the start
	living  int             // processes that can still make a step
	dead    []*entry        // ended, their parent lives, and nobody has seen yet that it waited for them
	heard   []news          // kept for its room
	last    time.Time       // when something was told
	started bool            // the root has become the program
}

// thread is one thread of a process.
type thread struct {
	of     *entry
	leader bool
	ended  bool // it makes no more steps of the program's
}

// ending is the end of a process.
type ending struct {
	exit  Exit
	usage syscall.Rusage
	left  bool // it fell to init: its parent was gone, and had not waited for it
}

// traceOptions: everything that starts or ends, and nobody survives the tracer.
const traceOptions = unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE |
	unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEEXIT | unix.PTRACE_O_EXITKILL

// follow starts the program and follows it until nobody is left.
func (r *traced) follow(j job) {
	shim, err := startShim(j.order, j.files)
	if err != nil {
		j.started <- err
		return
	}
	defer shim.talk.Close()
	if err := seize(shim.pid); err != nil {
		shim.end()
		j.started <- fmt.Errorf("%w: %w", errUntraceable, err)
		return
	}
	r.root = shim.pid
	r.table.begin = time.Now()
	root := r.table.started(shim.pid, 0, r.table.begin)
	root.Argv = argvFor(j.order)
	r.threads[shim.pid] = &thread{of: root, leader: true}
	root.running, r.living = 1, 1
	if err := shim.allow(); err != nil {
		syscall.Kill(shim.pid, syscall.SIGKILL)
	}
	waiting := j.started
	for {
		// Nothing is taken away before the lock is held: whoever holds it can
		// signal a living process without hitting another that got its number.
		left := awaitAny()
		r.mu.Lock()
		r.hear()
		r.mu.Unlock()
		switch {
		case waiting == nil:
		case r.started:
			waiting <- nil
			waiting = nil
		case root.dead:
			waiting <- shim.failure()
			return
		}
		if left != nil { // ECHILD
			close(r.empty)
			return
		}
	}
}

// news is what the kernel tells of a thread: it stopped, or it is gone.
type news struct {
	id     int
	status syscall.WaitStatus
	usage  syscall.Rusage
	left   bool // it is the end of a process that had no other parent any more than init
}

// event is what a thread stopped for; 0: for a signal.
func (n *news) event() int { return int(n.status) >> 16 }

// starts says whether it is that the thread started another one.
func (n *news) starts() bool {
	switch n.event() {
	case unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK, unix.PTRACE_EVENT_CLONE:
		return n.status.Stopped()
	}
	return false
}

// hear takes all the news there is, and only then lets anybody go on. The kernel
// tells of the youngest first: with news taken one by one, a program that starts
// processes without end would keep the older ones waiting for ever.
func (r *traced) hear() {
	all := r.heard[:0]
	taken := takenOver()
	for {
		var n news
		var err error
		n.id, err = syscall.Wait4(-1, &n.status, unix.WNOHANG|unix.WALL, &n.usage)
		if err != nil || n.id <= 0 {
			break
		}
		if !n.status.Stopped() {
			before := taken
			taken = takenOver()
			n.left = taken != before
		}
		all = append(all, n)
	}
	r.heard = all
	// News of starts come first, from old to young, so that who is started is
	// known by the time of its own first stop.
	for i := range all {
		if n := &all[len(all)-1-i]; n.starts() {
			r.starts(n)
		}
	}
	for i := range all {
		r.told(&all[i])
	}
}

// takenOver grows whenever the calling process takes a process away as its parent. The
// kernel tells the tracer of an end before anybody else, and only then the parent: who
// still has one then is passed on to it, and isn't counted here. So this tells whether
// the parent was there at the very moment at which the end was heard; whatever one asks
// before or afterwards, it may end in between. Every process has faults or switches.
func takenOver() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u)
	return u.Minflt + u.Majflt + u.Nvcsw + u.Nivcsw
}

// awaitAny waits until a child or a traced thread has something to tell.
func awaitAny() error {
	for {
		err := unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOWAIT|unix.WALL, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

// borrowing is how long a new process may be without a program of its own before
// its memory counts, where the kernel does not say whose it is. Until then it most
// likely has its parent's, by vfork, and would be counted twice.
const borrowing = 100 * time.Millisecond

// borrows says whether a process has its parent's memory.
func (r *traced) borrows(e *entry, now time.Time) bool {
	if e.executed || e.PID == r.root {
		return false
	}
	shares, err := sharesMemory(e.PID, e.Parent)
	return shares || err != nil && now.Sub(r.table.begin)-e.Start < borrowing
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
	var own, shared int64
	for id, t := range r.threads {
		if !t.leader || t.ended {
			continue
		}
		if r.borrows(t.of, now) {
			continue
		}
		l := look{pid: id}
		l.cpu = processTime(id)
		l.resident, l.shared = residentOf(id)
		t.of.CPU, t.of.Memory = max(t.of.CPU, l.cpu), max(t.of.Memory, l.resident+l.shared)
		m.cpu += l.cpu
		own, shared = own+l.resident, max(shared, l.shared)
		m.looks = append(m.looks, l)
	}
	m.memory, m.shared = own+shared, shared
	r.count(&m)
	if h := r.over(m); h != nil {
		r.end(h, now)
	}
}

// kill ends the run.
func (r *traced) kill(h *Hit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end(h, time.Now())
}

// end is kill with the lock held. Who is started from now on is killed as soon as
// it is seen, before it makes a step.
func (r *traced) end(h *Hit, now time.Time) {
	if r.killed {
		return
	}
	r.killed, r.hit = true, h
	r.table.endAll(now)
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
	for _, l := range descendants(0) {
		syscall.Kill(l.pid, syscall.SIGKILL)
	}
}
