package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/move"
	"lockstep/grader/internal/usage"
)

const moveExamples = `  grader move 12 7             exercise 12 gets the number 7, and 7 to 11 make room
  grader move lock-what 101    … or a number that is free
  grader move --plan 12 7      tell what that would change
`

// runMove gives an exercise another number, in all that names it for sure.
func runMove(ctx context.Context, c *cli) error {
	only := c.flags.Bool("plan", false, "change nothing, tell what would be changed")
	args, err := c.parse(moveExamples)
	if err != nil {
		return err
	}
	if len(args) != 2 {
		return usage.Errorf("name an exercise and its new number, as in: grader move 12 7")
	}
	e, err := c.one(args[:1])
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(args[1])
	if err != nil {
		return usage.Errorf("cannot move %s to %q: name a number, as in: grader move 12 7", e.ID, args[1])
	}
	p, err := move.New(ctx, c.course, e.ID, number)
	if err != nil {
		return err
	}
	if !*only {
		if err := p.Do(); err != nil {
			return err
		}
	}
	for _, r := range p.Renames {
		fmt.Fprintf(c.out, "renamed  %s to %s\n", r[0], r[1])
	}
	for _, e := range p.Edits {
		fmt.Fprintf(c.out, "changed  %s: %s\n", e.File, lines(e.Lines))
	}
	for i := 0; i < len(p.Look); {
		file, at := p.Look[i].File, []int(nil)
		for ; i < len(p.Look) && p.Look[i].File == file; i++ {
			at = append(at, p.Look[i].Line)
		}
		fmt.Fprintf(c.out, "look at  %s: %s\n", file, lines(at))
	}
	if p.Chapter != "" {
		fmt.Fprintf(c.out, "%s is in the chapter %q; where chapters begin stands in exercises/%s\n", p.IDs[e.ID], p.Chapter, exercise.CourseFile)
	}
	if !*only {
		fmt.Fprintln(c.out, "look at the lines that are named, which may mean an exercise by its old number; then make check, and commit")
	}
	return nil
}

// lines names lines; 0 is the file's own name.
func lines(numbers []int) string {
	var said []string
	if numbers[0] == 0 {
		said, numbers = append(said, "its name"), numbers[1:]
	}
	word := "line "
	if len(numbers) > 1 {
		word = "lines "
	}
	for _, n := range numbers {
		said, word = append(said, word+strconv.Itoa(n)), ""
	}
	return strings.Join(said, ", ")
}
