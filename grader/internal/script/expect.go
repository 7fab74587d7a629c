package script

import (
	"fmt"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// claim returns what tries an expectation on an execution.
func (c *call) claim(x *exercise.Expectation) (func(Execution) Claim, error) {
	switch x.Claim.Name {
	case "no-races":
		if !c.raced {
			return nil, fmt.Errorf("expect no-races: only of a program that was run by program -race")
		}
		return claimNoRaces, nil
	case "requests":
		if c.service == nil {
			return nil, fmt.Errorf("expect requests stands without a fixture")
		}
		return func(e Execution) Claim { return claimAtOnce(e.Requests, *x.AtOnce) }, nil
	}
	if x.Claim.Name == "uses" {
		return c.uses(x.Uses)
	}
	claim, err := c.observed(x)
	return func(e Execution) Claim { return claim(e.Observation) }, err
}

// observed is claim for what needs no more than an observation of the box.
func (c *call) observed(x *exercise.Expectation) (func(*box.Observation) Claim, error) {
	switch x.Claim.Name {
	case "exit":
		return func(o *box.Observation) Claim { return turned(x, claimExit(o, x.Exit)) }, nil
	case "stdout", "stderr":
		return c.stream(x)
	case "processes":
		p := x.Processes
		want := processWant{children: p.Children, overlap: p.Overlap, joined: p.Joined != "", distinct: p.DistinctPIDs, work: p.Work}
		return func(o *box.Observation) Claim { return claimProcesses(o, want) }, nil
	case "memory":
		return func(o *box.Observation) Claim { return claimMemory(o, x.Memory.Child, x.Memory.Total) }, nil
	}
	return nil, fmt.Errorf("cannot claim %s of one run", x.Claim.Name)
}

// stream compares an output, and puts pids in the place of what speaks of them.
func (c *call) stream(x *exercise.Expectation) (func(*box.Observation) Claim, error) {
	want := x.Pattern
	if x.How != "matches" {
		text, err := c.file(x.File)
		if err != nil {
			return nil, err
		}
		want = string(text)
	}
	return func(o *box.Observation) Claim {
		seen := o.Stdout
		if x.Claim.Name == "stderr" {
			seen = o.Stderr
		}
		c := against(withAnyPIDs(want, x.How == "matches", seen.Bytes, o), o, func(want string) Claim {
			switch x.How {
			case "matches":
				return turned(x, claimMatches(x.Claim.Name, seen, want))
			case "unordered":
				return turned(x, claimUnordered(x.Claim.Name, seen, want))
			}
			return turned(x, claimEquals(x.Claim.Name, seen, want))
		})
		if len(o.Stdout.Bytes) == 0 && x.Claim.Name == "stdout" && !c.Holds {
			c.Said = excerpt("stderr", o.Stderr.Bytes, 8) // perhaps it stands there
		}
		return c
	}, nil
}

// turned turns a claim round where `+"`!`"+` stands before the expectation.
func turned(x *exercise.Expectation, c Claim) Claim {
	if !x.Negated {
		return c
	}
	if c.Whole { // no difference can be shown of what shall differ
		c.Whole, c.Want, c.Got = false, "something else than "+orNothing(c.Want), "just that"
	} else {
		c.Want = "anything but " + c.Want
	}
	c.Holds = !c.Holds
	return c
}
