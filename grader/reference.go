//go:build !first

package main

import (
	"context"
	"io"

	"lockstep/grader/internal/reference"
)

// runReference writes what can be said in a course, with examples of this one.
func runReference(_ context.Context, c *cli) error {
	if _, err := c.parse("  grader reference > reference.md\n"); err != nil {
		return err
	}
	all, err := c.load(nil)
	if err != nil {
		return err
	}
	r, err := reference.New(all)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.out, r.Markdown())
	return err
}
