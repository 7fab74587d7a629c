//go:build !portable

package watch

import (
	"slices"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
)

// collect reaps everything that falls to init, and works out beforehand what
// became of it, until nobody is left.
func (p *polled) collect() {
	defer close(p.empty)
	for {
		pid, err := peek(-1, 0)
		if err != nil {
			return
		}
		// The root comes first, and before it goes, a look at what it leaves. A
		// child of its own that falls to init tells the root's end, too: the
		// root can be waited for only when the last of its threads is gone.
		root, err := peek(p.root, unix.WNOHANG)
		if err == nil && (root == p.root || p.ofRoot(pid)) {
			p.judgeLeft()
			if root == p.root {
				pid = root
			}
		}
		zombie, sure := p.zombie(pid)
		var ws syscall.WaitStatus
		var usage syscall.Rusage
		if _, err := syscall.Wait4(pid, &ws, 0, &usage); err != nil {
			continue
		}
		p.collected(pid, facts.ExitOf(ws), facts.CPUOf(&usage), usage.Maxrss<<10, zombie, sure)
	}
}

// peek waits for a child's end without collecting it.
func peek(pid, flags int) (int, error) {
	kind := unix.P_PID
	if pid < 0 {
		kind, pid = unix.P_ALL, 0
	}
	for {
		var info unix.Siginfo
		err := unix.Waitid(kind, pid, &info, unix.WEXITED|unix.WNOWAIT|flags, nil)
		if err == unix.EINTR {
			continue
		}
		return childOf(&info), err
	}
}

// childOf reads si_pid, which follows the three words at the front, aligned
// for a pointer.
func childOf(info *unix.Siginfo) int {
	const words = 3 * 4
	offset := (words + unsafe.Sizeof(uintptr(0)) - 1) &^ (unsafe.Sizeof(uintptr(0)) - 1)
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(info), offset)))
}

// judgeLeft looks at what the dead root leaves: the dead are zombies, the
// living orphans.
func (p *polled) judgeLeft() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return
	}
	now := time.Now()
	for _, l := range proc.Descendants(p.root) {
		if !l.Probe && p.table.byPID[l.PID] == nil {
			p.began(l, now).Argv = proc.Args(l.PID)
		}
	}
	// Each one is asked by itself: a walk down the tree misses those that are
	// handed from parent to parent meanwhile.
	living := p.table.oldest()
	for _, e := range slices.Backward(living) {
		if e.PID == p.root {
			continue
		}
		switch l, ok := proc.Of(e.PID); {
		case !ok:
			p.table.died(e, facts.Exit{}, now)
		case e.Parent != p.root || l.Parent == p.root:
		case l.Zombie:
			e.ended = true
		default:
			e.orphan = true
		}
	}
}

// ofRoot reports whether the root started a process.
func (p *polled) ofRoot(pid int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.table.alive(pid)
	return e != nil && e.Parent == p.root
}

// zombie reports whether a process that fell to init ended before its parent did,
// and whether that is sure.
func (p *polled) zombie(pid int) (zombie, sure bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.table.alive(pid)
	if e == nil {
		return true, false
	}
	last, seen := p.last[pid]
	zombie = e.ended || seen && last.Zombie && last.Parent == e.Parent
	return zombie || !e.orphan, zombie || e.orphan
}
