package grading

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
)

// Build makes the programs of all tasks, and the reference solutions that their
// checks need, in one go. They stay in the folder. An error means that none could be
// built, or that the course itself does not build.
func Build(ctx context.Context, course, dir string, tasks []Task, o Options) (*Programs, error) {
	request := build.Request{Course: course, Dir: dir, Limits: o.Build, Tier: o.Tier}
	references := map[string]string{} // by exercise, the key of its reference
	named := map[string]bool{}
	for _, t := range tasks {
		e := t.Job.Exercise
		support, err := build.Sources(e.Dir, e.Support...)
		if err != nil {
			return nil, err
		}
		if references[e.ID] == "" && slices.Contains(t.Job.Builds, plan.Reference) {
			files, err := build.Sources(filepath.Join(course, "solutions", e.ID), e.Edit...)
			if err == nil {
				references[e.ID] = "reference-" + e.ID
				request.Units = append(request.Units, build.Unit{Key: references[e.ID], Files: overlay(support, files), Shown: "solutions/" + e.ID, Kept: true})
			} else if !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
		if len(t.Work.Problems) > 0 || named[t.Key] {
			continue
		}
		named[t.Key] = true
		unit := build.Unit{Key: t.Key, Files: overlay(support, t.Work.Files), Shown: t.Work.Dir, Race: slices.Contains(t.Job.Builds, plan.Race)}
		if slices.Contains(e.Forbid, exercise.Goroutines) {
			unit.Screen = slices.Sorted(maps.Keys(t.Work.Files))
		}
		request.Units = append(request.Units, unit)
	}
	made, err := build.Run(ctx, request)
	if err != nil {
		return nil, err
	}
	p := &Programs{Made: made, references: map[string]string{}}
	for id, key := range references {
		switch r := made[key]; {
		case r.Broken != nil:
			return nil, r.Broken
		case r.Plain == "":
			return nil, fmt.Errorf("the reference solution of %s does not build:\n%s", id, strings.Join(r.Errors, "\n"))
		default:
			p.references[id] = r.Plain
		}
	}
	return p, nil
}

// overlay returns the course's files with those of a submission in their place.
func overlay(course, submitted map[string][]byte) map[string][]byte {
	files := maps.Clone(course)
	maps.Copy(files, submitted)
	return files
}
