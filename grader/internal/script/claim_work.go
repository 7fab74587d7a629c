package script

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/control"
	"lockstep/mp/trace"
)

// This file makes the claims about what children did, not only that they were there.

// idle runs the program with children that do nothing, and with children that hand over
// something else than they do, which must not give what its file claims. With -one, nor
// may it with a single child, or a single task of a pool, that does nothing or hands over
// something else; with -used, with one that hands over something else.
func idle(c *call) error {
	claims, err := c.claims()
	if err != nil {
		return err
	}
	if x := c.record.Explored; x != nil && x.Outcome == explore.Failed {
		return nil // that it fails is known
	}
	if len(c.Turns) > 0 {
		claims.tests = append(claims.tests, func(e Execution) Claim { return claimDialogue(e.Observation) })
	}
	c.record.Line = c.line()
	return c.needed(explore.Request{
		Command: c.command(c.request.Plain, c.Args), Processes: claims.processes, Expect: func(seen *box.Observation) explore.Fault { return claims.wrong(seen, true) },
	}, explore.Spoil{Each: c.One, Used: c.One || c.Used})
}

// needed runs the program with the work of its children spoilt and claims that it comes
// out otherwise.
func (c *call) needed(r explore.Request, s explore.Spoil) error {
	r.Sources, r.Budget = c.request.Sources, c.request.Limits.Wall.Std()
	if n := len(c.record.Runs); n > 0 {
		// With other values than its own, a program may calculate for ever.
		most := spoiltShare*c.record.Runs[n-1].Observation.CPU + time.Second
		if limit := &r.Command.Limits.CPU; *limit == 0 || most < *limit {
			*limit = most
		}
	}
	runs, obstacle, err := explore.RunSpoilt(c.ctx, r, s)
	if errors.Is(err, explore.ErrUnavailable) {
		c.record.Unseen = err.Error()
		return errStop
	}
	if err != nil {
		return fmt.Errorf("cannot run the program without its children's work: %w", err)
	}
	claim := claimNeeded(runs, obstacle)
	claim.Run = max(len(c.record.Runs)-1, 0)
	c.record.Claims = append(c.record.Claims, claim)
	if !claim.Holds {
		return errStop
	}
	return nil
}

// spoiltShare is how many times the processor time of a run with its children's work one
// without it may take.
const spoiltShare = 4

// claimNeeded holds when every run in which work was spoilt came out otherwise. The
// first two spoilt all that children do.
func claimNeeded(runs []explore.Spoilt, obstacle explore.Obstacle) Claim {
	c := Claim{Subject: "work", Outcome: exercise.OfWork, Holds: true, Want: "an output that needs the children's work"}
	if obstacle == explore.Foreigners || obstacle == explore.Elsewhere {
		// Who knows what others than mp's children do.
		c.Holds, c.Unseen, c.Obstacle, c.Got = false, true, obstacle, obstacle.Why()
		return c
	}
	unseen := false
	for i, run := range runs {
		switch whose := strings.Join(run.Work, ", "); {
		case run.Long && run.Way == explore.Changed:
			c.Unseen, c.Got = true, "a program that takes too long to be run with what its children hand over changed"
		case run.Long:
			c.Unseen, c.Got = true, "a program that takes too long to be run without it"
		case !run.Right:
			continue
		case i == 0 && len(run.Work) == 0:
			c.Got = "the right output, and no child"
		case run.Bare && run.Files:
			unseen = true
			continue
		case run.Bare:
			c.Got = "the right output, and children that hand over nothing by package mp, and print nothing"
			c.Detail = []string{"handed over nothing: " + whose}
		case run.Way == explore.Changed && i == 1:
			c.Got = "the same output after all that the children handed over had been changed: the parent does not use what they do"
			if whose != "" {
				c.Detail = []string{"handed over other values, and what they printed was withheld: " + whose}
			}
		case run.Way == explore.Changed:
			c.Got = fmt.Sprintf("the same output after all that %s handed over had been changed: the parent does not use what it does", whose)
		case i == 0:
			c.Got = "the same output without it"
			c.Detail = []string{"started and ended at once, without calling their functions: " + whose}
		default:
			c.Got = fmt.Sprintf("the same output without %s's", whose)
		}
		c.Holds = false
		return c
	}
	switch {
	case obstacle != "":
		c.Holds, c.Unseen, c.Obstacle, c.Got = false, true, obstacle, obstacle.Why()
	case unseen:
		c.Holds, c.Unseen, c.Got = false, true, "children that hand over nothing by package mp, and print nothing; by files they may"
	}
	return c
}

// claimWork holds when the children used at least a share of the processor time.
func claimWork(o *box.Observation, share float64) Claim {
	var children time.Duration
	for _, p := range o.Processes[min(1, len(o.Processes)):] {
		children += p.CPU
	}
	all := children
	if len(o.Processes) > 0 {
		all += o.Processes[0].CPU
	}
	c := Claim{Subject: "work", Outcome: exercise.OfWork, Holds: float64(children) >= share*float64(all)}
	c.Want = fmt.Sprintf("at least %.0f %% of the processor time used by children", 100*share)
	c.Got = fmt.Sprintf("%s of %s", children.Round(time.Millisecond), all.Round(time.Millisecond))
	if !c.Holds {
		c.Detail = describeAll(o.Processes, func(p box.Process) string {
			return fmt.Sprintf(", used %s", p.CPU.Round(100*time.Microsecond))
		})
		// A child that was not seen may have been the one that worked.
		c.Unseen = len(o.Unseen) > 0
	}
	return c
}

// uses observes a run of the last program for what its processes do with what they
// share.
func (c *call) uses(want *exercise.Uses) (test, error) {
	_, events, err := control.Observe(c.ctx, c.last())
	if err != nil {
		return nil, fmt.Errorf("cannot observe the program: %w", err)
	}
	claim := claimUses(events, want)
	return func(Execution) Claim { return claim }, nil
}

// claimUses holds when every process does what is wanted of it to something that
// another process uses too.
func claimUses(events []trace.Event, want *exercise.Uses) Claim {
	c := Claim{Subject: "uses", Outcome: exercise.OfUses, Holds: true}
	if len(events) == 0 {
		c.Holds, c.Unseen, c.Want, c.Got = false, true, "processes that tell what they do", "nothing told, or too much"
		return c
	}
	users := map[string]map[string]bool{} // by object
	names := map[string]string{}          // by process
	var order []string
	for _, e := range events {
		if e.Kind == trace.Begin {
			names[e.Proc] = e.Name
			order = append(order, e.Proc)
		}
		if users[thing(e)] == nil {
			users[thing(e)] = map[string]bool{}
		}
		users[thing(e)][e.Proc] = true
	}
	does := func(proc string, u exercise.Use) bool {
		for _, e := range events {
			if e.Proc == proc && u.Is(e.Kind) && e.Outcome != trace.Timeout && len(users[thing(e)]) > 1 {
				return true
			}
		}
		return false
	}
	for _, proc := range order {
		uses := want.EachChild
		if proc == "0" {
			uses = want.Parent
		}
		for _, u := range uses {
			if !does(proc, u) {
				c.Holds = false
				c.Want = fmt.Sprintf("%s %s what another process uses too", names[proc], u.Phrase())
				c.Got = instead(events, proc, u)
				return c
			}
		}
	}
	if len(want.EachChild) > 0 && len(order) < 2 {
		c.Holds, c.Want, c.Got = false, "children", "none"
	}
	return c
}

// instead says what a process does where it does not do what is wanted of it, and where
// to look: at the operation, or at the start of a process that has none.
func instead(events []trace.Event, proc string, u exercise.Use) string {
	got := fmt.Sprintf("it %s nothing that processes share", u.Phrase())
	for _, e := range events {
		switch {
		case e.Kind == trace.Start && e.Object == proc && e.Site.Line > 0:
			got += fmt.Sprintf("; it is started at %s", e.Site)
		case e.Proc == proc && u.Is(e.Kind) && e.Outcome != trace.Timeout && e.Site.Line > 0:
			return fmt.Sprintf("it %s %s at %s, and no other process does anything with that", u.Phrase(), e.Name, e.Site)
		}
	}
	return got
}

// thing is what an operation is done to: of both ends of a pipe, the pipe.
func thing(e trace.Event) string { return strings.TrimRight(e.Object, "ab") }
