package script

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
)

// interleavings explores the program's interleavings. Its file holds a claim a line,
// as `expect` takes them; each must hold in every one.
func interleavings(c *call) error {
	claims, err := c.claimsOf(c.Each)
	if err != nil {
		return err
	}
	c.exitNamed = true
	c.record.Line = strings.TrimSpace("program " + strings.Join(c.Args, " "))
	report, err := explore.Run(c.ctx, explore.Request{
		Command:      c.command(c.request.Plain, c.Args),
		Sources:      c.request.Sources,
		Budget:       c.Budget,
		Workers:      c.request.Jobs,
		Seed:         c.request.Seed,
		Unordered:    claims.unordered,
		Unread:       !claims.reads,
		Processes:    claims.processes,
		CapacityZero: c.CapacityZero != "",
		Schedule:     c.request.Schedule,
		EachStep:     c.request.EachStep,
		All:          c.request.All,
		Expect:       c.noting(claims.wrong),
	})
	if errors.Is(err, explore.ErrUnavailable) {
		c.record.Unseen = err.Error()
		return errStop
	}
	if err != nil {
		return fmt.Errorf("cannot explore interleavings: %w", err)
	}
	c.record.Explored = report
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

// eachClaims are what must hold in every interleaving.
type eachClaims struct {
	all       []func(*box.Observation) Claim
	reads     bool // one looks at what is printed
	unordered bool // none depends on the order in which different processes print
	processes bool // one looks at other processes than the first
}

// wrong says which claim does not hold of a run.
func (e *eachClaims) wrong(seen *box.Observation) explore.Fault {
	for _, claim := range e.all {
		if told := claim(seen); !told.Holds && !told.Unseen {
			return told.fault()
		}
	}
	return explore.Fault{}
}

// uncertain is wrong, also of a claim of which this machine can't tell.
func (e *eachClaims) uncertain(seen *box.Observation) explore.Fault {
	for _, claim := range e.all {
		if told := claim(seen); !told.Holds {
			return told.fault()
		}
	}
	return explore.Fault{}
}

// claimsOf reads a file of claims.
func (c *call) claimsOf(name string) (*eachClaims, error) {
	text, err := c.file(name)
	if err != nil {
		return nil, err
	}
	claims := &eachClaims{unordered: true}
	for line := range strings.Lines(string(text)) {
		words, err := exercise.Words(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(words) == 0 {
			continue
		}
		for i, word := range words {
			words[i] = strings.ReplaceAll(word, "$EXERCISE", c.request.Exercise)
		}
		x, err := exercise.ReadEach(words)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		claim, err := c.observed(x)
		if err != nil {
			return nil, err
		}
		claims.all = append(claims.all, claim)
		switch x.Claim.Name {
		case "stdout", "stderr":
			claims.reads = claims.reads || x.Claim.Name == "stdout"
			if x.Claim.Name == "stdout" && x.How != "unordered" {
				claims.unordered = false
			}
			claims.processes = claims.processes || c.speaksOfPIDs(x)
		case "exit":
		default:
			claims.processes = true
		}
	}
	return claims, nil
}
