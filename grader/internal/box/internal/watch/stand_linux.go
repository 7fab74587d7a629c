//go:build !portable

package watch

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/ptrace"
)

// standing are children that have nothing left to do but to end, while the next signal
// waits until more of them live at one moment, or a claim is about that. They stand before their end as long as
// anybody else makes steps: how many a program has at once is its own doing then, and not
// a matter of how fast a machine starts them. It is used on the tracer's thread alone.
type standing struct {
	threads []int     // that stand
	moved   time.Time // when anybody else last did something, or could have
	begun   time.Time // when the first of them came to stand
	vain    int       // how often they were let go without more having come
}

const (
	standStill   = 20 * time.Millisecond  // how long nobody else may want the processor
	standLongest = 500 * time.Millisecond // … and how long somebody may without more coming of it
	mostVain     = 3                      // how often it is tried
)

// stands reports whether the thread that was its process's last one is not let go.
func (r *traced) stands(id int, e *entry, now time.Time) bool {
	s := &r.standing
	if r.most >= r.AtOnce && len(r.sent) == len(r.Signals) {
		return false // nobody asks: most runs need not look any further
	}
	if !r.started || r.killed || !e.ended || e.dead || e.probe || !e.executed || e.PID == r.root || e.Manager() || s.vain == mostVain {
		return false
	}
	status, ok := ptrace.Message(id, unix.PTRACE_EVENT_EXIT)
	if !ok || !syscall.WaitStatus(status).Exited() {
		return false
	}
	e.standing = true
	r.next(now) // it may be the one that was lacking
	if !r.wantsMore() {
		e.standing = false
		return false
	}
	if len(s.threads) == 0 {
		s.begun = now
	}
	s.threads, s.moved = append(s.threads, id), now
	return true
}

// wantsMore reports whether it matters that more children live at once than there have.
func (r *traced) wantsMore() bool {
	return r.most < r.AtOnce || len(r.sent) < len(r.Signals) && r.lacks(r.livingChildren()) == facts.TheChildren
}

// mayStand looks whether those who stand are to stand for longer, and lets them go if not.
func (r *traced) mayStand() {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.standing
	wanted := r.wantsMore() && !r.killed
	if wanted {
		var others []proc.Stat
		for id, t := range r.threads {
			if t.leader && !t.of.ended {
				others = append(others, proc.Stat{PID: id})
			}
		}
		if len(others) > 0 && proc.WantsProcessor(others) {
			s.moved = now
		}
		if now.Sub(s.moved) < standStill && now.Sub(s.begun) < standLongest {
			return
		}
		s.vain++
	}
	for _, id := range s.threads {
		if t := r.threads[id]; t != nil {
			if t.of.standing = false; !t.of.cut {
				t.of.End = now.Sub(r.table.begin)
			}
		}
		ptrace.Resume(id, 0)
	}
	s.threads = nil
}
