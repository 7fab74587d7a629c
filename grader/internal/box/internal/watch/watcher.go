//go:build unix

package watch

import (
	"errors"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/facts"
)

// A Watcher runs programs under the best watch that can be had.
type Watcher struct {
	tracer    *tracer
	polling   bool // look for processes by polling even where they can be traced
	unwatched bool // bound them, but of their processes know only the root
}

// New makes a watcher for programs that are counted by a group.
func New(group *cgroup.Membership, polling, unwatched bool) *Watcher {
	return &Watcher{newTracer(group), polling, unwatched && alone()}
}

// Run runs a program, and returns when nobody of it is left.
func (w *Watcher) Run(r Run) (*facts.Observation, error) {
	if w.unwatched {
		return bound(r)
	}
	if !w.polling {
		seen, err := w.tracer.run(r)
		if !errors.Is(err, errUntraceable) {
			return seen, err
		}
		w.polling = true
	}
	return poll(r)
}
