//go:build unix

package watch

import (
	"errors"
	"slices"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/filestep"
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
		return unforced(r, bound)
	}
	if !w.polling {
		forcing := r
		forcing.Seccomp.Traced = filestep.Calls(r.steps())
		seen, err := w.tracer.run(forcing)
		if !errors.Is(err, errUntraceable) {
			return seen, err
		}
		w.polling = true
	}
	return unforced(r, poll)
}

// unforced runs a program in a way in which no order can be forced.
func unforced(r Run, run func(Run) (*facts.Observation, error)) (*facts.Observation, error) {
	seen, err := run(r)
	if err == nil && len(r.steps()) > 0 {
		seen.Unforced = "processes can't be traced here"
	}
	return seen, err
}

// steps are the file steps that matter.
func (r *Run) steps() []facts.Step {
	all := slices.Clone(r.Steps)
	for _, h := range r.Holds {
		all = append(all, h.At, h.Until)
	}
	return all
}
