package script

import (
	"errors"
	"fmt"
	"sync"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
)

// interleavings explores the program's interleavings. Each claim must hold in every one.
func interleavings(c *call) error {
	claims, err := c.claims()
	if err != nil {
		return err
	}
	c.record.Line = c.line()
	report, err := explore.Run(c.ctx, explore.Request{
		Command:      c.command(c.request.Plain, c.Args),
		Sources:      c.request.Sources,
		Budget:       c.Budget.Std(),
		Workers:      c.request.Jobs,
		Seed:         c.request.Seed,
		Unordered:    claims.unordered,
		Unread:       !claims.reads,
		Processes:    claims.processes,
		Stderr:       claims.stderr,
		Deaths:       c.Deaths,
		CapacityZero: c.CapacityZero != "",
		Schedule:     c.request.Schedule,
		EachStep:     c.request.EachStep,
		Play:         c.request.Play,
		All:          c.request.All,
		Brief:        c.request.Brief,
		Expect:       c.noting(func(seen *box.Observation) explore.Fault { return claims.wrong(seen, false) }),
	})
	if errors.Is(err, explore.ErrUnavailable) {
		c.record.Unseen = err.Error()
		return errStop
	}
	if err != nil {
		return fmt.Errorf("cannot explore interleavings: %w", err)
	}
	c.record.Explored = report
	if c.request.Schedule != "" || c.request.All || c.request.Play != nil {
		return errStop // nothing else was asked for
	}
	return nil
}

// noting is a judge of interleavings that also notes what can't be told of one.
func (c *call) noting(wrong func(*box.Observation) explore.Fault) func(*box.Observation) explore.Fault {
	var mu sync.Mutex
	return func(seen *box.Observation) explore.Fault {
		if why := seen.Untold(); why != "" {
			mu.Lock()
			c.record.Untold = why
			mu.Unlock()
		}
		return wrong(seen)
	}
}

// claims are what must hold in every interleaving, or must not without the children's
// work.
type claims struct {
	tests     []test
	reads     bool // one looks at what is printed
	unordered bool // none depends on the order in which different processes print
	stderr    bool // one looks at what is printed to standard error
	processes bool // one looks at other processes than the first
}

// wrong says which claim does not hold of a run. Where it must be certain that they
// hold, one of which this machine can't tell does not.
func (all *claims) wrong(seen *box.Observation, certain bool) explore.Fault {
	for _, try := range all.tests {
		if told := try(Execution{Observation: seen}); !told.Holds && (certain || !told.Unseen) {
			return told.fault()
		}
	}
	return explore.Fault{}
}

// claims are the call's. An exit code is theirs to name.
func (c *call) claims() (*claims, error) {
	c.exitNamed = true
	all := &claims{unordered: true}
	if len(c.Claims) == 0 {
		return nil, fmt.Errorf("%s claims nothing", c.Each)
	}
	for _, x := range c.Claims {
		try, err := c.test(x)
		if err != nil {
			return nil, err
		}
		all.tests = append(all.tests, try)
		switch x := x.(type) {
		case exercise.Exit:
		case exercise.Output:
			stdout := x.Stream == "stdout"
			all.reads = all.reads || stdout
			all.stderr = all.stderr || !stdout
			all.unordered = all.unordered && (!stdout || x.How == "unordered")
			want, err := c.wanted(x)
			if err != nil {
				return nil, err
			}
			all.processes = all.processes || exercise.SpeaksOfPIDs(want)
		default:
			all.processes = true
		}
	}
	return all, nil
}
