//go:build darwin || portable

package watch

import (
	"errors"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/facts"
)

// What a Mac has, and Linux under the tag portable, where its tests run: it was never
// run on a Mac, and says little.

var errUntraceable = errors.New("processes can't be traced here")

type tracer struct{}

func newTracer(*cgroup.Membership) *tracer          { return nil }
func (*tracer) run(Run) (*facts.Observation, error) { return nil, errUntraceable }

func alone() bool { return false }

// bound is for a process namespace.
func bound(r Run) (*facts.Observation, error) { return poll(r) }
