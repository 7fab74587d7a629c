//go:build unix

package watch

import (
	"slices"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
)

// polled watches a run by looking at the system's processes again and again.
// It serves where nothing better can be had: where a process may not trace its
// own children. It can miss a process that lives for less than a look, and it
// sees the exit code only of processes that were left to init.
type polled struct {
	watch
	last map[int]proc.Stat
}

// look takes one look at everything and keeps what it means.
func (p *polled) look() {
	now := time.Now()
	looks := proc.Descendants(p.root)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return
	}
	m := measure{cpu: p.cpu, looks: looks}
	seen := make(map[int]proc.Stat, len(looks))
	for _, l := range looks {
		seen[l.PID] = l
		if l.Probe {
			continue
		}
		e := p.table.byPID[l.PID]
		if e == nil {
			e = p.began(l, now)
		}
		if argv := proc.Args(l.PID); len(argv) > 0 && l.PID != p.root {
			e.Argv, e.named = argv, true
			if has := proc.Env(l.PID); len(has) > 0 && len(p.Fixed) > 0 {
				e.Strays = p.strays(has)
			}
		}
		e.CPU, e.Memory = max(e.CPU, l.CPU), max(e.Memory, l.Resident+l.Shared)
		m.add(l)
		if !l.Zombie {
			m.processes++
		} else if !adopts {
			e.unknown = true // until it is gone, and its parent is not
		} else if parent := p.table.parent(e); parent != nil && !parent.dead {
			e.ended = true
		}
		m.threads += l.Threads
	}
	p.vanished(seen, now)
	p.last = seen
	p.next(now)
	p.check(m, now)
}

// began notes a process at its first look. One that had fallen to init by then
// is an orphan; who started it was not seen, and the root stands for it.
func (p *polled) began(l proc.Stat, now time.Time) (e *entry) {
	if l.PID != p.root && p.table.byPID[l.Parent] == nil {
		e = p.table.started(l.PID, p.root, now)
		e.orphan = !l.Zombie
	} else {
		e = p.table.started(l.PID, l.Parent, now)
	}
	e.executed = true // as far as can be told
	return e
}

// vanished notes the end of those that can't be seen any more: their parents
// collected them, for init says itself what it collects. The youngest come
// first, so that a child's end is known before its parent's.
func (p *polled) vanished(seen map[int]proc.Stat, now time.Time) {
	var lost []*entry
	living := p.table.oldest()
	for _, e := range slices.Backward(living) {
		if _, ok := seen[e.PID]; ok || e.PID == p.root || adopts && (e.orphan || e.ended) {
			continue
		}
		if !proc.Exists(e.PID) { // a walk misses those that fall to init meanwhile
			lost = append(lost, e)
		}
	}
	if !adopts && len(lost) > 0 {
		// Where init collects none, only a parent that is still there now has.
		present := map[int]bool{}
		for _, l := range proc.Descendants(p.root) {
			present[l.PID] = !l.Zombie
		}
		for _, e := range lost {
			e.unknown = !present[e.Parent]
		}
	}
	for _, e := range lost {
		p.table.died(e, facts.Exit{}, now)
	}
}

// collected notes a process that init had to collect.
func (p *polled) collected(pid int, exit facts.Exit, cpu time.Duration, memory int64, zombie, sure bool) {
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
