package script

import (
	"time"

	"lockstep/grader/internal/explore"
)

// heldTime is how long is looked for why a program does not end, processor time and
// waiting in all.
const heldTime = 2 * time.Second

// whyStuck looks for what the processes of a run that reached its limit on real time
// wait for: the same program, with its processes let go one at a time. It decides
// nothing; where nothing is found, nothing is told.
func (c *call) whyStuck() {
	report, err := explore.Run(c.ctx, explore.Request{
		Command: c.last(), Sources: c.request.Sources, Budget: heldTime, Workers: c.request.Jobs,
		Seed: c.request.Seed, Unordered: true, Unread: true,
	})
	if err != nil || len(report.Failures) == 0 || len(report.Failures[0].Waits) == 0 {
		return
	}
	c.record.Held = report
	c.record.Claims[len(c.record.Claims)-1].Formal = true // no general hint says more
}
