package main

import (
	"context"
	"fmt"
	"strings"

	"lockstep/grader/internal/fixture"
	"lockstep/grader/internal/loopback"
	"lockstep/grader/internal/usage"
)

// runFixture serves a fixture for somebody who runs a program by hand, until it is
// stopped. Its address is on standard output, as the program wants it.
func runFixture(ctx context.Context, c *cli) error {
	seed := c.flags.Uint64("seed", 1, "what it answers is drawn from `N`")
	args, err := c.parse("  grader fixture rates      the server of exercise 24\n")
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return usage.Errorf("want the name of one fixture; there is rates")
	}
	service, err := fixture.New(args[0], *seed)
	if err != nil {
		return &usage.Error{Err: err}
	}
	l, err := loopback.Listen()
	if err != nil {
		return fmt.Errorf("cannot serve %s: %w", args[0], err)
	}
	fmt.Fprintf(c.out, "%s_URL=http://%s\n", strings.ToUpper(args[0]), l.Address())
	fmt.Fprintf(c.err, "put this before a program's command in another terminal; Ctrl-C ends the server\n")
	if err := fixture.Serve(ctx, l, service); err != nil {
		return fmt.Errorf("cannot serve %s: %w", args[0], err)
	}
	return nil
}
