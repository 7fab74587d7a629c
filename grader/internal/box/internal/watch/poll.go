//go:build unix

package watch

import (
	"slices"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/shim"
)

// unseenByPolling are the kinds of facts that polling can't tell.
var unseenByPolling = []string{"short-lived processes", "exit codes of children"}

// poll runs a program.
func poll(run Run) (*facts.Observation, error) {
	var s *shim.Shim
	err := run.Group.Start(func() (err error) {
		s, err = shim.Start(run.Program, run.Files)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &polled{watch: newWatch(run)}
	p.killAll = func() { go proc.KillTree(p.root, p.empty) }
	if err := s.Allow(); err != nil {
		s.End()
		return nil, err
	}
	if err := s.Executed(); err != nil {
		s.End()
		return nil, err
	}
	s.Close()
	p.begin(s.PID).executed = true
	go p.collect()
	p.keep(p.look)
	seen := p.observation()
	seen.Unseen = slices.Concat(unseenByPolling, unseenHere)
	return seen, nil
}
