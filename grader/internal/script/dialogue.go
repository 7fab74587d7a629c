package script

import (
	"fmt"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// boxTurns are the steps of a dialogue as the box makes them.
func boxTurns(all []exercise.Turn) []box.Turn {
	var out []box.Turn
	for _, t := range all {
		out = append(out, box.Turn{Send: t.Send, Expect: t.Expect, Line: t.Regexp()})
	}
	return out
}

// mostSince is how much of what was printed since an answer is told: its end.
const mostSince = 200

// claimDialogue holds when the program printed all that it was expected to, each behind
// the one before and what was sent.
func claimDialogue(o *box.Observation) Claim {
	c := Claim{Subject: "dialogue", Outcome: exercise.OfDialogue, Holds: true}
	t, stuck := o.Dialogue.Stuck()
	if !stuck {
		return c
	}
	d := o.Dialogue
	wanted := fmt.Sprintf("%q", t.Expect)
	if t.Line != nil {
		wanted = matching(t.Line.String())
	}
	since, last := "nothing", ""
	if rest := d.Since[max(0, len(d.Since)-mostSince):]; len(rest) > 0 {
		since = fmt.Sprintf("%q", rest)
	}
	var sent strings.Builder
	for _, t := range d.Turns[:d.Made] {
		if sent.WriteString(t.Send); t.Send == "" {
			last = " since the answer before"
		}
	}
	c.Holds = false
	c.Want = fmt.Sprintf("step %d of %d: %s is printed", d.Made+1, len(d.Turns), wanted)
	c.Got = fmt.Sprintf("%s was printed%s, and %s", since, last, ending(o))
	if o.Exceeded != nil {
		c.Detail = claimEnded(o).Detail
	}
	if c.Said = excerpt("sent", []byte(sent.String()), 8); c.Said == nil {
		c.Said = []string{"sent: nothing yet"}
	}
	c.Said = append(c.Said, excerpt("stderr", o.Stderr.Bytes, 8)...)
	return c
}
