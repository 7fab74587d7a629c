//go:build unix

package box

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// polled watches a run by looking at the system's processes again and again.
// It serves where nothing better can be had. It can miss a process that lives
// for less than a look, and it sees the exit code only of processes that were
// left to init.
type polled struct {
	mu     sync.Mutex
	table  *table
	last   map[int]look
	hit    *Hit
	killed bool
	limits Limits
	root   int
	cpu    time.Duration // of processes that init collected, with all that they waited for
	memory int64
	exited chan struct{} // the root ended
	empty  chan struct{} // nobody is left
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

// Looks come often at first, when children are started, and then settle down.
const (
	firstLook = time.Millisecond
	restLook  = 10 * time.Millisecond
)

// poll runs one order.
func poll(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	begin := time.Now()
	pid, err := startShim(o, files)
	if err != nil {
		return nil, err
	}
	p := &polled{table: newTable(begin), limits: o.Limits, root: pid, exited: make(chan struct{}), empty: make(chan struct{})}
	root := p.table.started(pid, 0, begin)
	root.Argv = append([]string{filepath.Base(o.Program)}, o.Args...)
	go p.collect()
	wall := time.NewTimer(o.Limits.Wall)
	defer wall.Stop()
	var linger <-chan time.Time
	pause := firstLook
	exited := p.exited
	for over := false; !over; {
		next := time.NewTimer(pause)
		select {
		case <-p.empty:
			over = true
		case <-exited:
			exited = nil
			linger = time.After(o.Limits.Linger)
		case <-linger:
			p.kill(nil)
		case h := <-cut:
			p.kill(&h)
		case <-gone:
			gone = nil
			p.kill(&Hit{Limit: "grader"})
		case <-wall.C:
			p.kill(&Hit{Limit: "wall", Bound: printTime(o.Limits.Wall), Seen: printTime(time.Since(begin)), PID: pid})
		case <-next.C:
			p.look()
			pause = min(pause+pause/4, restLook)
		}
		next.Stop()
	}
	return p.observation(), nil
}

// startShim starts the program through a shim, and returns once the program
// itself runs.
func startShim(o order, files []*os.File) (int, error) {
	self, err := ownProgram()
	if err != nil {
		return 0, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 0, staged("start the program", err)
	}
	defer read.Close()
	body, err := json.Marshal(shimOrder{Program: o.Program, Name: filepath.Base(o.Program), Dir: o.Dir, Limits: o.Limits, Env: o.Env, Report: len(files)})
	if err != nil {
		return 0, staged("start the program", err)
	}
	var fds []uintptr
	for _, f := range append(files, write) {
		fds = append(fds, f.Fd())
	}
	pid, err := syscall.ForkExec(self, append([]string{"lockstep-box", shimArgument, string(body)}, o.Args...), &syscall.ProcAttr{
		Files: fds,
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	write.Close()
	if err != nil {
		return 0, staged("start the program", err)
	}
	// The shim's end closes when the program is executed.
	why, err := io.ReadAll(read)
	if err == nil && len(why) > 0 {
		err = errors.New(string(why))
	}
	if err != nil {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
		return 0, staged("start the program", err)
	}
	return pid, nil
}

// look takes one look at everything and keeps what it means.
func (p *polled) look() {
	now := time.Now()
	looks := descendants(p.root)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return
	}
	cpu, own, shared, threads, living := p.cpu, int64(0), int64(0), 0, 0
	seen := make(map[int]look, len(looks))
	for _, l := range looks {
		seen[l.pid] = l
		if l.probe {
			continue
		}
		e := p.table.byPID[l.pid]
		if e == nil {
			e = p.began(l, now)
		}
		if argv := argvOf(l.pid); len(argv) > 0 && l.pid != p.root {
			e.Argv = argv
		}
		e.CPU, e.Memory = max(e.CPU, l.cpu), max(e.Memory, l.resident+l.shared)
		cpu += l.cpu
		if !l.zombie {
			living++
		} else if parent := p.table.parent(e); parent != nil && !parent.dead {
			e.ended = true
		}
		own, shared, threads = own+l.resident, max(shared, l.shared), threads+l.threads
	}
	p.vanished(seen, now)
	p.last = seen
	p.memory = max(p.memory, own+shared)
	l := p.limits
	switch {
	case own+shared > l.Memory:
		p.end(&Hit{Limit: "memory", Bound: printBytes(l.Memory), Seen: printBytes(own + shared), PID: largest(looks)}, now)
	case cpu > l.CPU:
		p.end(&Hit{Limit: "cpu", Bound: printTime(l.CPU), Seen: printTime(cpu), PID: busiest(looks)}, now)
	case living > l.Processes:
		p.end(&Hit{Limit: "processes", Bound: printCount(l.Processes), Seen: printCount(living), PID: looks[len(looks)-1].pid}, now)
	case threads > l.Threads:
		p.end(&Hit{Limit: "threads", Bound: printCount(l.Threads), Seen: printCount(threads), PID: widest(looks)}, now)
	}
}

// began notes a process at its first look. One that had fallen to init by then
// is an orphan; who started it was not seen, and the root stands for it.
func (p *polled) began(l look, now time.Time) *entry {
	if l.pid != p.root && l.parent == os.Getpid() {
		e := p.table.started(l.pid, p.root, now)
		e.orphan = !l.zombie
		return e
	}
	return p.table.started(l.pid, l.parent, now)
}

// vanished notes the end of those that can't be seen any more: their parents
// collected them, for init says itself what it collects. The youngest come
// first, so that a child's end is known before its parent's.
func (p *polled) vanished(seen map[int]look, now time.Time) {
	living := p.table.oldest()
	for _, e := range slices.Backward(living) {
		if _, ok := seen[e.PID]; ok || e.PID == p.root || e.orphan || e.ended {
			continue
		}
		if !exists(e.PID) { // a walk misses those that fall to init meanwhile
			p.table.died(e, Exit{}, now)
		}
	}
}

func exists(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }

func largest(looks []look) int {
	return top(looks, func(l look) int64 { return l.resident + l.shared })
}
func busiest(looks []look) int { return top(looks, func(l look) int64 { return int64(l.cpu) }) }
func widest(looks []look) int  { return top(looks, func(l look) int64 { return int64(l.threads) }) }

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

// kill ends the run; h says why, nil that it is only orphans that are ended.
func (p *polled) kill(h *Hit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(h, time.Now())
}

// end is kill with the lock held.
func (p *polled) end(h *Hit, now time.Time) {
	if p.killed {
		return
	}
	p.killed, p.hit = true, h
	p.table.endAll(now)
	go killTree(p.root, p.empty)
}

// collected notes a process that init had to collect.
func (p *polled) collected(pid int, exit Exit, cpu time.Duration, memory int64, zombie, sure bool) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.table.alive(pid)
	if e == nil {
		e = p.table.started(pid, p.root, now)
		sure = false
	}
	e.CPU, e.Memory = max(e.CPU, cpu), max(e.Memory, memory)
	p.cpu += cpu
	if pid != p.root {
		e.left = zombie
		e.unsure = !sure && !e.orphan
	}
	p.table.died(e, exit, now)
	if pid == p.root {
		close(p.exited)
	}
}

// observation is the run, once nobody is left.
func (p *polled) observation() *Observation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &Observation{
		Exit:      p.table.root().Exit,
		Wall:      time.Since(p.table.begin),
		CPU:       p.cpu,
		Memory:    p.memory,
		Hit:       p.hit,
		Processes: p.table.processes(),
	}
}
