package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
)

const resetExamples = `  grader reset 10        ask, keep a copy, and begin exercise 10 again
  grader reset 10 --yes  … without asking
`

// runReset puts an exercise's files back to how the course handed them out.
func runReset(ctx context.Context, c *cli) error {
	yes := c.flags.Bool("yes", false, "do not ask")
	args, err := c.parse(resetExamples)
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	r, err := c.newReset(ctx, e)
	if err != nil {
		return err
	}
	if len(r.changed()) == 0 {
		fmt.Fprintf(c.out, "%s is as it was handed out: there is nothing to reset\n", e.ID)
		return nil
	}
	if !*yes {
		fmt.Fprintf(c.out, "%s [y/N] ", r.question())
		answer, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("cannot read the answer: %w", err)
		}
		if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
			fmt.Fprintln(c.out, "nothing was changed")
			return nil
		}
	}
	if err := r.do(); err != nil {
		return err
	}
	fmt.Fprintln(c.out, r.told())
	return nil
}

// reset throws a student's work on one exercise away, but for a copy.
type reset struct {
	exercise *exercise.Exercise
	now      map[string][]byte // the edited files as they are
	starter  map[string][]byte // … and as they were handed out
	kept     string            // the folder that the copy goes to
}

// newReset finds out how an exercise's files were handed out: as they were when the
// course last changed its exercise.yaml, a file that is no student's to edit. Later
// commits may hold the student's work.
func (c *cli) newReset(ctx context.Context, e *exercise.Exercise) (*reset, error) {
	folder := "exercises/" + e.ID
	course, err := filepath.Abs(c.course)
	if err != nil {
		return nil, err
	}
	said, why, err := git.Own(course).Ask(ctx, nil, "log", "-1", "--no-merges", "--format=%H", "--", folder+"/exercise.yaml")
	if err != nil {
		return nil, err
	}
	commit := strings.TrimSpace(string(said))
	if why != "" || commit == "" {
		return nil, usagef("cannot tell how %s was handed out: this folder is no git clone of the course. Take the file from a fresh copy of the course", e.ID)
	}
	r := &reset{exercise: e, now: filesOf(e), starter: map[string][]byte{}}
	for _, name := range e.Edit {
		text, why, err := git.Own(course).Ask(ctx, nil, "show", commit+":./"+folder+"/"+name)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return nil, fmt.Errorf("cannot tell how %s/%s was handed out: %s", folder, name, why)
		}
		r.starter[name] = text
	}
	r.kept = filepath.Join(c.state(), "kept", e.ID, time.Now().Format("2006-01-02T15-04-05.000"))
	return r, nil
}

// changed are the files that a reset would change, by name.
func (r *reset) changed() []string {
	var names []string
	for name, text := range r.starter {
		if now, ok := r.now[name]; !ok || !bytes.Equal(now, text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *reset) question() string {
	return fmt.Sprintf("Throw away what you changed in %s of %s? A copy is kept.", strings.Join(r.changed(), ", "), shown(r.exercise.Dir))
}

func (r *reset) told() string {
	return fmt.Sprintf("%s is as it was handed out; your work is kept in %s", r.exercise.ID, shown(r.kept))
}

// do keeps the copy, and only then writes.
func (r *reset) do() error {
	for _, name := range slices.Sorted(maps.Keys(r.now)) {
		copied := filepath.Join(r.kept, name)
		if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
			return fmt.Errorf("cannot keep a copy: %w", err)
		}
		if err := os.WriteFile(copied, r.now[name], 0o644); err != nil {
			return fmt.Errorf("cannot keep a copy: %w", err)
		}
	}
	for _, name := range r.changed() {
		err := into(filepath.Join(r.exercise.Dir, name), func(w io.Writer) error {
			_, err := w.Write(r.starter[name])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
