package main

import (
	"context"
	"fmt"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

const siteExamples = `  grader site ../site                     write the course's pages, where the grader was built with -tags site
  go run -tags site ./grader site ../site … by one that is built for it; so does make site DIR=../site
`

// writeSite writes a course's pages to a folder and returns how many files these are; nil in
// a grader that was built without: see pages.go.
var writeSite func(course string, exercises []*exercise.Exercise, dir string) (int, error)

// runSite writes the course as pages.
func runSite(_ context.Context, c *cli) error {
	args, err := c.parse(siteExamples)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return usage.Errorf("name one folder, as in: grader site ../site")
	}
	if writeSite == nil {
		return usage.Errorf("this grader was built without what makes pages; in the course, make site DIR=%s builds one that has it", args[0])
	}
	exercises, err := c.load(nil)
	if err != nil {
		return err
	}
	files, err := writeSite(c.course, exercises, args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %d files; open index.html there\n", args[0], files)
	return nil
}
