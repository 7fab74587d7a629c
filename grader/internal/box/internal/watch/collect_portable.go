//go:build darwin || portable

package watch

import (
	"syscall"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
)

// collect waits for the root, and then until nobody that was seen is left.
func (p *polled) collect() {
	defer close(p.empty)
	var ws syscall.WaitStatus
	var usage syscall.Rusage
	for {
		_, err := syscall.Wait4(p.root, &ws, 0, &usage)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			return
		}
	}
	p.look() // whoever lives now has outlived the root
	p.collected(p.root, facts.ExitOf(ws), facts.CPUOf(&usage), usage.Maxrss, false, true)
	for pause := time.Millisecond; len(p.members()) > 0; pause = min(2*pause, restLook) {
		time.Sleep(pause)
	}
}

// members returns those living processes of the run that were seen.
func (p *polled) members() []int {
	looks := proc.Descendants(p.root)
	p.mu.Lock()
	defer p.mu.Unlock()
	var pids []int
	for _, l := range looks {
		if !l.Zombie {
			pids = append(pids, l.PID)
		}
	}
	return pids
}
