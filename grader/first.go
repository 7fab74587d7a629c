//go:build first

package main

import (
	"context"

	"lockstep/grader/internal/delivery"
	"lockstep/grader/internal/usage"
)

// This is the grader that make builds for whoever does exercises. It is without what only
// those call who make or teach a course, and without pages and JUnit XML (see package report):
// they are a ninth of what would be compiled before the first verdict.
var (
	runCheck     = absent
	runClass     = absent
	runMerge     = absent
	runMutants   = absent
	runReference = absent
	runSimilar   = absent
	runUpdate    = absent
)

func absent(_ context.Context, c *cli) error {
	return usage.Errorf("the grader that make has built is without it: go run ./grader %s …", c.sub.name)
}

// written says whether this grader can write a report as it is wished.
func written(ctx context.Context, c *cli, w delivery.Wishes) error {
	if w.HTML != "" || w.Format == "junit" {
		return absent(ctx, c)
	}
	return nil
}
