//go:build !first

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/usage"
)

// printJob prints a job that grades a class in parts and merges them. All parts
// see one course, one folder of submissions and one folder of results.
func printJob(c *cli, engine string, tasks int, out string, dirs []string) error {
	if tasks < 1 {
		return usage.Errorf("--tasks %d: needs 1 or more", tasks)
	}
	if _, err := c.load(nil); err != nil {
		return err
	}
	j := cohort.Job{Tasks: tasks}
	var err error
	if j.Grader, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot name the grader: %w", err)
	}
	folders := append([]string{c.course, out}, dirs...)
	for i := range folders {
		if folders[i], err = filepath.Abs(folders[i]); err != nil {
			return fmt.Errorf("cannot name the folders: %w", err)
		}
	}
	j.Course, j.Out, j.Submissions = folders[0], folders[1], folders[2:]
	// What else was asked for, the parts are asked too.
	for _, name := range []string{"lang", "at", "deadline", "late", "attempt", "only", "seed", "jobs", "require-tier", "tier"} {
		if f := c.flags.Lookup(name); f.Value.String() != f.DefValue {
			j.Flags = append(j.Flags, "--"+name, f.Value.String())
		}
	}
	if roster := c.flags.Lookup("roster").Value.String(); roster != "" {
		if roster, err = filepath.Abs(roster); err != nil {
			return fmt.Errorf("cannot name the roster: %w", err)
		}
		j.Flags = append(j.Flags, "--roster", roster)
	}
	if c.flags.Lookup("strict").Value.String() == "true" {
		j.Flags = append(j.Flags, "--strict")
	}
	text, err := j.Print(engine)
	if err != nil {
		return &usage.Error{Err: err}
	}
	_, err = fmt.Fprint(c.out, strings.TrimLeft(text, "\n"))
	return err
}
