//go:build !portable

package watch

import (
	"os"
	"strconv"
	"syscall"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/shim"
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

// alone reports whether there is nobody but init and its runs in the namespace.
func alone() bool { return os.Getpid() == 1 }

// bound runs a program.
func bound(r Run) (*facts.Observation, error) {
	b := &bounded{newWatch(r)}
	b.killAll = func() { syscall.Kill(-1, syscall.SIGKILL) }
	b.often = [2]time.Duration{rareLook, rareLook}
	pid, err := shim.StartDirectly(r.Program, r.Files)
	if err != nil {
		return nil, err
	}
	b.begin(pid)
	go b.collect()
	b.keep(b.look)
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
			b.collected(pid, facts.ExitOf(ws), &usage)
		}
	}
}

func (b *bounded) collected(pid int, exit facts.Exit, usage *syscall.Rusage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu += facts.CPUOf(usage) // its children's too
	if pid != b.root {
		return
	}
	root := b.table.root()
	root.CPU, root.Memory = facts.CPUOf(usage), usage.Maxrss<<10
	b.memory = max(b.memory, root.Memory)
	b.table.died(root, exit, time.Now())
	close(b.exited)
}

// look adds up what lives.
func (b *bounded) look() {
	begin := time.Now()
	most := (1 + MostZombies) * b.Limits.Processes
	looks, n := proc.All(most)
	if n > most {
		// To ask each of them would take too long: they are at work, all of them.
		b.kill(&facts.LimitExceeded{Limit: "processes", Bound: strconv.Itoa(b.Limits.Processes), Seen: strconv.Itoa(n), PID: b.root})
		return
	}
	b.often[1] = max(rareLook, 20*time.Since(begin))
	b.mu.Lock()
	defer b.mu.Unlock()
	m := measure{cpu: b.cpu}
	for _, l := range looks {
		if l.Probe || l.Zombie {
			continue
		}
		m.looks = append(m.looks, l)
		m.add(l)
		m.processes++
		m.threads += l.Threads
	}
	b.check(m, time.Now())
}
