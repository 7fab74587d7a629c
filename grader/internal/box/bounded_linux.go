//go:build !portable

package box

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

// bounded watches a run no closer than its limits need: it learns how the root
// ends, and now and then adds up what lives. Nobody is stopped for it, and no
// other program is executed on the way: a program that is run hundreds of times
// in a second has no time for either. It takes a process namespace, in which init
// can end everything at one stroke, however fast it multiplies.
type bounded struct {
	watch
}

// unseenUnwatched is what such a run does not tell.
var unseenUnwatched = []string{"processes"}

// rareLook is between looks at such a run. A look costs as much as many of the
// runs' own steps: those that are over soon are never looked at.
const rareLook = 100 * time.Millisecond

// alone says whether there is nobody but init and its runs in the namespace.
func alone() bool { return os.Getpid() == 1 }

// bound runs one order.
func bound(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	b := &bounded{newWatch(o)}
	b.often = [2]time.Duration{rareLook, rareLook}
	pid, err := startDirectly(o, files)
	if err != nil {
		return nil, err
	}
	b.root = pid
	b.table.started(pid, 0, b.table.begin).Argv = argvFor(o)
	go b.collect()
	b.keep(b, cut, gone)
	seen := b.observation()
	seen.Unseen = unseenUnwatched
	return seen, nil
}

// collect reaps everything that falls to init until nobody is left.
func (b *bounded) collect() {
	defer close(b.empty)
	for {
		var ws syscall.WaitStatus
		var usage syscall.Rusage
		pid, err := syscall.Wait4(-1, &ws, 0, &usage)
		switch {
		case err == syscall.EINTR:
		case err != nil: // ECHILD
			return
		default:
			b.collected(pid, exitOf(ws), &usage)
		}
	}
}

func (b *bounded) collected(pid int, exit Exit, usage *syscall.Rusage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu += cpuOf(usage) // its children's too
	if pid != b.root {
		return
	}
	root := b.table.root()
	root.CPU, root.Memory = cpuOf(usage), usage.Maxrss<<10
	b.memory = max(b.memory, root.Memory)
	b.table.died(root, exit, time.Now())
	close(b.exited)
}

// look adds up what lives.
func (b *bounded) look() {
	begin := time.Now()
	pids := everybody()
	if most := (1 + mostZombies) * b.limits.Processes; len(pids) > most {
		// To ask each of them would take too long: they are at work, all of them.
		b.kill(&Hit{Limit: "processes", Bound: printCount(b.limits.Processes), Seen: printCount(len(pids)), PID: b.root})
		return
	}
	looks := scan(pids)
	b.often[1] = max(rareLook, 20*time.Since(begin))
	b.mu.Lock()
	defer b.mu.Unlock()
	m := measure{cpu: b.cpu}
	var own, shared int64
	for _, l := range looks {
		if l.probe || l.zombie {
			continue
		}
		m.looks = append(m.looks, l)
		m.cpu += l.cpu
		m.processes++
		m.threads += l.threads
		own, shared = own+l.resident, max(shared, l.shared)
	}
	m.memory, m.shared = own+shared, shared
	b.count(&m)
	if h := b.over(m); h != nil {
		b.end(h)
	}
}

// scan looks at processes. To walk down the
// tree would be less work here, and far more for the kernel: whoever reads which
// children a thread has leaves it milliseconds of work for the end of the process.
func scan(pids []int) []look {
	var looks []look
	for _, pid := range pids {
		if l, err := lookAt(pid); err == nil {
			looks = append(looks, l)
		}
	}
	return looks
}

// everybody lists the namespace's processes but init.
func everybody() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// kill ends the run; h says why, nil that it is only orphans that are ended.
func (b *bounded) kill(h *Hit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(h)
}

// end is kill with the lock held.
func (b *bounded) end(h *Hit) {
	if b.killed {
		return
	}
	b.killed, b.hit = true, h
	b.table.endAll(time.Now())
	syscall.Kill(-1, syscall.SIGKILL)
}
