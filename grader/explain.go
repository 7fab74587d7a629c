package main

import (
	"context"
	"fmt"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/term"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// runExplain tells what a word means that a verdict uses.
func runExplain(_ context.Context, c *cli) error {
	args, err := c.parse("  grader explain                all words\n  grader explain orphan\n  grader explain lost update\n")
	if err != nil {
		return err
	}
	all, err := term.All()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		for _, t := range all {
			fmt.Fprintf(c.out, "%-21s %s\n", t.Name, t.Meaning)
		}
		return nil
	}
	out := terminal.Folded(c.out)
	word := strings.Join(args, " ")
	found, ok, near := term.Find(all, word)
	switch {
	case ok:
	case len(near) == 1:
		found, _, _ = term.Find(all, near[0])
	case len(near) > 1:
		return usage.Errorf("%q may mean %s", word, strings.Join(near, ", "))
	default:
		if near, ok := exercise.Nearest(word, term.Names(all)); ok {
			return usage.Errorf("there is no word %q; did you mean %s?", word, near)
		}
		return usage.Errorf("there is no word %q; `make explain` lists them", word)
	}
	fmt.Fprintf(out, "%s: %s\n\n%s\n", found.Name, found.Meaning, found.Text)
	if _, err := c.load([]string{found.Exercise}); err == nil { // a course need not hold them all
		fmt.Fprintf(out, "\nlearn it: make show EX=%s\n", found.Exercise)
	}
	return nil
}
