package script

import (
	"errors"
	"fmt"

	"lockstep/grader/internal/exercise"
)

// A test tries an expectation on an execution. It is the same one whether the program
// was run by itself, in an interleaving or without its children's work.
type test func(Execution) Claim

// expect claims something of every run of the last program.
func expect(c *call) error {
	x := c.Claims[0]
	try, err := c.test(x)
	if err != nil {
		return err
	}
	if len(c.batch) == 0 {
		return errors.New("expect stands before any program")
	}
	if _, ok := x.(exercise.Exit); ok {
		c.exitNamed = true
	}
	if !c.claimAll(try) {
		return errStop
	}
	return nil
}

// test is what tries an expectation.
func (c *call) test(x exercise.Expectation) (test, error) {
	switch want := x.(type) {
	case exercise.Exit:
		return func(e Execution) Claim { return turned(want.Not, claimExit(e.Observation, want.Codes)) }, nil
	case exercise.Output:
		return c.output(want)
	case exercise.Leaves:
		return c.mustLeave(want)
	case *exercise.Steps:
		return func(e Execution) Claim { return claimSteps(e.Observation, want) }, nil
	case exercise.NoRaces:
		return claimNoRaces, nil
	case *exercise.Memory:
		return func(e Execution) Claim { return claimMemory(e.Observation, want) }, nil
	case *exercise.Processes:
		return func(e Execution) Claim { return claimProcesses(e.Observation, want) }, nil
	case *exercise.Requests:
		return func(e Execution) Claim { return claimAtOnce(e.Requests, *want.AtOnce) }, nil
	case *exercise.Uses:
		return c.uses(want)
	}
	return nil, fmt.Errorf("nothing tries a %T", x)
}

// output compares a stream, and puts pids in the place of what speaks of them.
func (c *call) output(x exercise.Output) (test, error) {
	want, err := c.wanted(x)
	if err != nil {
		return nil, err
	}
	claim := map[string]func(stream, got, want string) Claim{
		"equals": claimEquals, "matches": claimMatches, "order": claimOrder, "unordered": claimUnordered,
	}[x.How]
	if x.Loose {
		want = loosened(want)
	}
	return func(e Execution) Claim {
		got := string(e.Observation.Stdout.Bytes)
		if x.Stream == "stderr" {
			got = string(e.Observation.Stderr.Bytes)
		}
		if x.Loose {
			got = loosened(got)
		}
		c := against(withAnyPIDs(want, x.How == "matches", got, e.Observation), got, e.Observation, func(want string) Claim {
			return turned(x.Not, claim(x.Stream, near(want, got, x.Within), want))
		})
		if o := e.Observation; !c.Holds && x.Stream == "stdout" && len(o.Stdout.Bytes) == 0 {
			said := string(o.Stderr.Bytes) // perhaps it stands there
			c.Said = excerpt("stderr", o.Stderr.Bytes, 8)
			if !x.Not && claim(x.Stream, near(want, said, x.Within), want).Holds {
				c.Said = append(c.Said, "that is what is expected, on standard error; fmt.Println prints on standard output, println does not")
			}
		}
		return c
	}, nil
}

// wanted is the text or the pattern that an output is compared with.
func (c *call) wanted(x exercise.Output) (string, error) {
	if x.How == "matches" {
		return x.Pattern, nil
	}
	return c.file(x.File)
}

// turned turns a claim round where `!` stands before the expectation.
func turned(not bool, c Claim) Claim {
	if !not {
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
