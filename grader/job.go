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
	absolute := func(name string) string {
		full, absErr := filepath.Abs(name)
		if absErr != nil {
			err = absErr
		}
		return full
	}
	j.Course, j.Out = absolute(c.course), absolute(out)
	for _, d := range dirs {
		j.Submissions = append(j.Submissions, absolute(d))
	}
	if err != nil {
		return fmt.Errorf("cannot name the folders: %w", err)
	}
	// What else was asked for, the parts are asked too.
	for _, name := range []string{"at", "only", "seed", "jobs", "require-tier", "tier"} {
		if f := c.flags.Lookup(name); f.Value.String() != f.DefValue {
			j.Flags = append(j.Flags, "--"+name, f.Value.String())
		}
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
