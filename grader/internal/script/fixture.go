package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/fixture"
	"lockstep/grader/internal/loopback"
)

// serve lets every run of the script call a service, on a port of its own box. The
// address is in $NAME_URL, for the reference too.
func serve(c *call) error {
	if c.service != nil {
		return errors.New("a script has one fixture at most")
	}
	name := c.Args[1]
	service, err := fixture.New(name, c.request.Seed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(c.ctx)
	var serving sync.WaitGroup
	c.service = service
	c.serve = func(l *loopback.Listener) []string {
		serving.Go(func() { _ = fixture.Serve(ctx, l, service) }) // until the run has ended
		return []string{strings.ToUpper(name) + "_URL=http://" + l.Address()}
	}
	c.closeAfter = append(c.closeAfter, func() {
		cancel() // a client that is still there has outlived its program
		serving.Wait()
	})
	return nil
}

// claimAtOnce compares how many requests were in flight at one moment. No clock
// decides it: the service counts who has no answer yet.
func claimAtOnce(requests []fixture.Request, want exercise.Count) Claim {
	n := fixture.AtOnce(requests)
	c := Claim{
		Subject: "requests",
		Outcome: exercise.OfAtOnce,
		Holds:   n >= want.Min && (want.Bare || want.Max < 0 || n <= want.Max),
		Want:    fmt.Sprintf("%s requests under way at one moment", want),
		Got:     fmt.Sprintf("at most %d at once", n),
	}
	if want.Bare {
		c.Want = "at least " + c.Want
	}
	for _, r := range requests {
		line := fmt.Sprintf("%s: no answer was taken", r.Path)
		if r.Status != 0 {
			line = fmt.Sprintf("%s: answered %d after %s", r.Path, r.Status, (r.Left - r.Came).Round(time.Millisecond))
		}
		if r.AtOnce == 1 {
			line += ", asked alone"
		} else {
			line += fmt.Sprintf(", one of %d at once", r.AtOnce)
		}
		c.Detail = append(c.Detail, line)
	}
	return c
}
