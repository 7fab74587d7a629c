//go:build unix

package box

import (
	"os"
	"slices"
	"time"
)

// polled watches a run by looking at the system's processes again and again.
// It serves where nothing better can be had: where a process may not trace its
// own children. It can miss a process that lives for less than a look, and it
// sees the exit code only of processes that were left to init.
type polled struct {
	watch
	order order
	last  map[int]look
}

// unseenByPolling are the kinds of facts that polling can't tell.
var unseenByPolling = []string{"short-lived processes", "exit codes of children"}

// poll runs one order.
func poll(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	var shim *starting
	err := o.group.start(func() (err error) {
		shim, err = startShim(o, files)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &polled{watch: newWatch(o), order: o}
	p.root = shim.pid
	if err := shim.allow(); err != nil {
		shim.end()
		return nil, err
	}
	if err := shim.said(nil); err != nil {
		shim.end()
		return nil, err
	}
	shim.talk.Close()
	root := p.table.started(p.root, 0, p.table.begin)
	root.Argv = argvFor(o)
	go p.collect()
	p.keep(p, cut, gone)
	seen := p.observation()
	seen.Unseen = slices.Concat(unseenByPolling, unseenHere)
	return seen, nil
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
	m := measure{cpu: p.cpu, looks: looks}
	var own, shared int64
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
			if has := wordsOf(l.pid, "environ"); len(has) > 0 && len(p.order.Fixed) > 0 {
				e.Strays = strays(p.order, has)
			}
		}
		e.CPU, e.Memory = max(e.CPU, l.cpu), max(e.Memory, l.resident+l.shared)
		m.cpu += l.cpu
		if !l.zombie {
			m.processes++
		} else if !adopts {
			e.unknown = true // until it is gone, and its parent is not
		} else if parent := p.table.parent(e); parent != nil && !parent.dead {
			e.ended = true
		}
		own, shared = own+l.resident, max(shared, l.shared)
		m.threads += l.threads
	}
	p.vanished(seen, now)
	p.last = seen
	m.memory, m.shared = own+shared, shared
	p.count(&m)
	if h := p.over(m); h != nil {
		p.end(h, now)
	}
}

// began notes a process at its first look. One that had fallen to init by then
// is an orphan; who started it was not seen, and the root stands for it.
func (p *polled) began(l look, now time.Time) *entry {
	if l.pid != p.root && p.table.byPID[l.parent] == nil {
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
	var lost []*entry
	living := p.table.oldest()
	for _, e := range slices.Backward(living) {
		if _, ok := seen[e.PID]; ok || e.PID == p.root || adopts && (e.orphan || e.ended) {
			continue
		}
		if !exists(e.PID) { // a walk misses those that fall to init meanwhile
			lost = append(lost, e)
		}
	}
	if !adopts && len(lost) > 0 {
		// Where init collects none, only a parent that is still there now has.
		present := map[int]bool{}
		for _, l := range descendants(p.root) {
			present[l.pid] = !l.zombie
		}
		for _, e := range lost {
			e.unknown = !present[e.Parent]
		}
	}
	for _, e := range lost {
		p.table.died(e, Exit{}, now)
	}
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
