//go:build !portable

package watch

import (
	"slices"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/filestep"
	"lockstep/grader/internal/box/internal/ptrace"
)

// holding sees the file steps of a run, and forces orders of them: the filter has the kernel stop threads
// before the calls that matter, and the tracer does not let one of them go on. It is used
// on the tracer's thread alone.
type holding struct {
	patience time.Duration
	steps    []facts.Step // of all holds
	forced   []facts.Forced
	held     map[int]held // by hold, those who stand
	watched  []facts.Step
	made     []facts.Made // once for each process
	unread   error        // why a call could not be read
}

// held is a thread that stands before its call.
type held struct {
	thread int
	since  time.Time
	moved  time.Time // when another process last made one of the steps
	tries  int       // how often others have, or have looked
}

// mostTries is how often others make steps and do not get where they are waited for
// before they are taken to wait themselves.
const mostTries = 50

// Who waits for long between two tries is taken to wait after fewTries, once it has tried for
// a part of the patience: so many tries of that kind would take longer than the run may.
const (
	fewTries   = 4
	triesShare = 4
)

// waited reports whether others have tried often enough to be taken to wait themselves.
func (h held) waited(now time.Time, patience time.Duration) bool {
	return h.tries >= mostTries || h.tries >= fewTries && now.Sub(h.since) > patience/triesShare
}

// holdLook is how often is looked whether somebody has stood for too long.
const holdLook = time.Millisecond

func newHolding(r Run) *holding {
	h := &holding{patience: r.Patience, steps: r.steps(), watched: r.Steps, held: map[int]held{}}
	for _, hold := range r.Holds {
		h.forced = append(h.forced, facts.Forced{Hold: hold})
	}
	return h
}

// stops takes the stop of a process's thread before a call, and reports whether it stays.
func (h *holding) stops(thread, pid int, now time.Time) bool {
	call, ok, err := ptrace.CallOf(thread)
	if err != nil {
		h.unread = err
	}
	if !ok {
		return false
	}
	does, near := filestep.Of(thread, call, h.steps)
	if !near {
		return false
	}
	for _, s := range does {
		if m := (facts.Made{Step: s, PID: pid}); slices.Contains(h.watched, s) && !slices.Contains(h.made, m) {
			h.made = append(h.made, m)
		}
	}
	for i := range h.forced {
		f := &h.forced[i]
		stands, ok := h.held[i]
		if !ok || f.PID == pid {
			continue
		}
		if stands.moved, stands.tries = now, stands.tries+1; slices.Contains(does, f.Until) {
			f.By = pid
		}
		if h.held[i] = stands; f.By != 0 || stands.waited(now, h.patience) {
			h.release(i)
		}
	}
	for i := range h.forced {
		f := &h.forced[i]
		if f.PID == 0 && slices.Contains(does, f.At) {
			f.PID = pid
			h.held[i] = held{thread: thread, since: now, moved: now}
			return true
		}
	}
	return false
}

// release lets go who stands.
func (h *holding) release(i int) {
	ptrace.Resume(h.held[i].thread, 0)
	delete(h.held, i)
}

// await is ptrace's; those who have stood for too long are let go meanwhile.
func (r *traced) await() error {
	h := r.holding
	for len(h.held) > 0 || len(r.standing.threads) > 0 {
		if ready, err := ptrace.Ready(); ready || err != nil {
			r.standing.moved = time.Now() // somebody has made a step
			return err
		}
		begun := time.Now()
		time.Sleep(holdLook)
		if len(r.standing.threads) > 0 {
			// Where this thread did not get the processor, nobody looked who wants it.
			r.standing.moved = r.standing.moved.Add(max(time.Since(begun)-holdLook, 0))
			r.mayStand()
		}
		for i, stands := range h.held {
			limit := h.patience
			if !r.othersThan(i) {
				limit /= 20
			}
			if time.Since(stands.moved) > limit {
				h.release(i)
			}
		}
	}
	return ptrace.Await()
}

// othersThan reports whether a process lives that could come to where one that stands is
// waiting for another: not one that stands, too, nor one above it, which most likely waits
// for it.
func (r *traced) othersThan(i int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := map[int]bool{}
	for e := r.table.byPID[r.holding.forced[i].PID]; e != nil && !wait[e.PID]; e = r.table.byPID[e.Parent] {
		wait[e.PID] = true
	}
	for other := range r.holding.held {
		wait[r.holding.forced[other].PID] = true
	}
	for id, t := range r.threads {
		if t.leader && !t.ended && !wait[id] {
			return true
		}
	}
	return false
}
