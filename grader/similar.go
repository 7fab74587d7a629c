//go:build !first

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/similar"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

const similarExamples = `  grader similar submissions          list what is alike in similar.csv
  grader similar --only 10 submissions
                                      … of one exercise

Programs are compared whatever their names, layout and order of functions are, without
what the starter and the course's solution have. Being alike is no proof of anything: look at both. Exit code 0: they were compared.
`

// runSimilar compares submissions with each other.
func runSimilar(ctx context.Context, c *cli) error {
	out := c.flags.String("out", "similar.csv", "write the table to `FILE`")
	at := c.flags.String("at", "", "take repositories as they were at `TIME` (2026-11-24T18:00:00+01:00)")
	only := c.flags.String("only", "", "compare these exercises: `EX,EX`")
	roster := c.flags.String("roster", "", "`FILE`, a table (CSV) of everybody, as for class")
	dirs, err := c.parse(similarExamples)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usage.Errorf("name the folders of the submissions, as in: grader similar submissions")
	}
	k := &cohort.Class{Log: c.err, Rules: cohort.Rules{Attempt: cohort.Last}}
	if err := c.classOf(k, *at, *roster, *only); err != nil {
		return err
	}
	programs := map[string][]similar.Program{}
	err = k.Works(ctx, dirs, func(student string, work *submission.Submission) {
		if len(work.Files) > 0 {
			id := work.Exercise.ID
			programs[id] = append(programs[id], similar.Program{Name: student, Files: work.Files})
		}
	})
	if err != nil {
		return err
	}
	var alike []exerciseGroups
	for _, e := range k.Exercises {
		known, err := c.known(e)
		if err != nil {
			return err
		}
		alike = append(alike, exerciseGroups{e, len(programs[e.ID]), similar.Find(programs[e.ID], known)})
	}
	return c.showSimilar(alike, *out)
}

// exerciseGroups is what was found of one exercise.
type exerciseGroups struct {
	*exercise.Exercise
	programs int
	similar.Found
}

// known is what everybody begins or ends with: the starter and the course's solution.
func (c *cli) known(e *exercise.Exercise) (known []similar.Program, err error) {
	for _, dir := range []string{e.Dir, filepath.Join(c.course, "solutions", e.ID)} {
		p := similar.Program{Name: dir, Files: map[string][]byte{}}
		for _, name := range e.Edit {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue // a students' repository has no solutions
			}
			if err != nil {
				return nil, fmt.Errorf("cannot read what the course has of %s: %w", e.ID, err)
			}
			p.Files[name] = text
		}
		known = append(known, p)
	}
	return known, nil
}

func (c *cli) showSimilar(alike []exerciseGroups, out string) error {
	together := map[[2]string]int{} // in how many exercises somebody is most like another
	for _, a := range alike {
		for _, g := range a.Groups {
			for _, m := range g {
				together[[2]string{m.Name, m.Most.With}]++
			}
		}
	}
	rows := [][]string{{"exercise", "group", "student", "most_like", "percent", "shared", "own", "in_exercises", "lines", "lines_there"}}
	count := 0
	for _, a := range alike {
		for _, g := range a.Groups {
			count++
			var names []string
			most := 0.0
			for _, m := range g {
				names, most = append(names, m.Name), max(most, m.Most.Share)
				rows = append(rows, []string{
					a.ID, strconv.Itoa(count), m.Name, m.Most.With, percent(m.Most.Share), strconv.Itoa(m.Most.Shared), strconv.Itoa(m.Most.Own),
					strconv.Itoa(together[[2]string{m.Name, m.Most.With}]), spans(m.Most.Lines), spans(m.Most.Theirs),
				})
			}
			fmt.Fprintf(c.out, "%-22s %s %% alike: %s\n", a.ID, percent(most), strings.Join(names, ", "))
		}
		if len(a.Unread) > 0 {
			fmt.Fprintf(c.out, "%-22s not compared, since they are no Go: %s\n", a.ID, strings.Join(a.Unread, ", "))
		}
	}
	if err := cohort.WriteTable(out, rows); err != nil {
		return err
	}
	programs, little := 0, 0
	for _, a := range alike {
		programs, little = programs+a.programs, little+a.Little
	}
	fmt.Fprintf(c.out, "%s: %d groups among %d programs, of which %d have too little of their own to be told apart\n", out, count, programs, little)
	fmt.Fprintln(c.out, "Being alike is no proof: look at both before you ask anybody.")
	return nil
}

func percent(share float64) string { return fmt.Sprintf("%.0f", 100*share) }

// spans writes lines that follow each other, or nearly, as one: 3-7 12.
func spans(lines []int) string {
	var all []string
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n]-lines[n-1] <= 2 {
			n++
		}
		if span := strconv.Itoa(lines[0]); n > 1 {
			all = append(all, span+"-"+strconv.Itoa(lines[n-1]))
		} else {
			all = append(all, span)
		}
		lines = lines[n:]
	}
	return strings.Join(all, " ")
}
