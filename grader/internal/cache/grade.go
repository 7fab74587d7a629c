package cache

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// Grader wraps grading.Grade for a person who grades own work again and again: verdicts
// that the folder holds of the same work are not found again, and others are kept
// there. Asked is the seed that was asked for; 0: any will do, also an earlier one. Where
// machines are many and of one kind, as a CI system's are, elsewhere takes verdicts that
// another one has found. Without a folder that can be written to, everything is graded
// anew.
func Grader(dir string, asked uint64, elsewhere bool) grading.Grader {
	host := ""
	if !elsewhere {
		host, _ = os.Hostname() // a home folder may be seen from several machines
	}
	return around(grading.Grade, dir, asked, host, false)
}

func around(grade grading.Grader, dir string, asked uint64, host string, proving bool) grading.Grader {
	return func(ctx context.Context, course string, tasks []grading.Task, o grading.Options) ([]judge.Result, error) {
		c, err := Open(dir)
		common := ""
		if err == nil {
			c.builds = proving
			common, err = ingredients(ctx, course, asked, host, o)
		}
		if err != nil {
			return grade(ctx, course, tasks, o)
		}
		tasks = slices.Clone(tasks)
		keys, now := make([]Key, len(tasks)), time.Now()
		for i, t := range tasks {
			if len(t.Work.Problems) > 0 {
				continue
			}
			if keys[i], err = keyOf(common, course, t, proving); err != nil {
				err = fmt.Errorf("cannot tell what has changed: %w", err)
				return grading.Broken(tasks, err), err
			}
			tasks[i].Known = c.Find(keys[i], t.Job.Exercise.ID)
			maps.DeleteFunc(tasks[i].Known, func(_ string, v judge.Verdict) bool { return !v.Tells(t.Job.Exercise, now, asks(o)) })
		}
		done := o.Done
		o.Done = func(i int, r judge.Result) {
			if keys[i] != "" && !r.Unchanged() {
				_ = c.Put(keys[i], r) // that it can't be kept costs only time
			}
			if done != nil {
				done(i, r)
			}
		}
		results, err := grade(ctx, course, tasks, o)
		_ = c.Trim(time.Now().Add(-Keep))
		return results, err
	}
}

// asks is how much verdicts must tell; empty: as the course says.
func asks(o grading.Options) exercise.Detail {
	if o.Whole {
		return exercise.Full
	}
	return o.Detail
}

// ingredients are what every verdict depends on: the grader itself, the compiler, the
// library, the machine and how strongly it confines programs, and what was asked for.
func ingredients(ctx context.Context, course string, asked uint64, host string, o grading.Options) (common string, err error) {
	i := NewIngredients()
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	tool, err := build.Toolchain(ctx)
	if err != nil {
		return "", err
	}
	home, err := exercise.Home(course)
	if err != nil {
		return "", err
	}
	library, err := tree(filepath.Join(home, "mp"))
	if err != nil {
		return "", err
	}
	err = errors.Join(i.File("grader", self), i.File("go.mod", filepath.Join(home, "go.mod")), i.File("go.sum", filepath.Join(home, "go.sum")))
	i.Text("compiler", fmt.Sprint(tool, build.RaceDetector()))
	i.Text("machine", fmt.Sprint(host, runtime.GOOS, runtime.GOARCH, runtime.NumCPU()))
	i.Text("tier", string(o.Tier))
	i.Text("asked", fmt.Sprint(asked, o.Pictures))
	i.Files("mp", library)
	return string(i.Key()), err
}

// keyOf names a task's verdicts: by the student's files and the course's, and in a proof
// by what of those is marked by, and the seed.
func keyOf(common, course string, t grading.Task, proving bool) (Key, error) {
	e := t.Job.Exercise
	i := NewIngredients()
	i.Text("common", common)
	support, err := tree(e.Dir)
	if err != nil {
		return "", err
	}
	for _, name := range e.Edit {
		delete(support, name) // the student's take its place
	}
	if proving {
		i.Text("proven with", fmt.Sprint(t.Job.Seed))
		if support[exercise.FileName], err = exercise.Marking(support[exercise.FileName]); err != nil {
			return "", err
		}
		if !slices.ContainsFunc(e.Checks, func(c exercise.Check) bool { return c.Script != nil }) {
			delete(support, exercise.ReadmeFile) // which only a script can name, and what is beside it
			for _, file := range []string{exercise.FileName, exercise.ReadmeFile} {
				translated, err := exercise.Translations(e.Dir, file)
				if err != nil {
					return "", err
				}
				for _, name := range translated {
					delete(support, name)
				}
			}
		}
	}
	for _, name := range e.Included {
		if support["included: "+name], err = os.ReadFile(filepath.Join(course, filepath.FromSlash(name))); err != nil {
			return "", err
		}
	}
	reference, err := tree(filepath.Join(course, "solutions", e.ID))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	i.Files("course", support)
	i.Files("reference", reference)
	i.Text("brief", fmt.Sprint(t.Brief))
	i.Text("place", e.Place)    // … and commands the course
	i.Text("shown", t.Work.Dir) // messages name the files by it
	i.Files("work", t.Work.Files)
	return i.Key(), nil
}

// tree reads a folder's files by name, without mutants: what a verdict may depend on.
func tree(dir string) (map[string][]byte, error) {
	files, root := map[string][]byte{}, os.DirFS(dir)
	return files, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == exercise.MutantsFolder || d.Name() == exercise.OthersFolder):
			return fs.SkipDir
		case d.Type().IsRegular():
			files[name], err = fs.ReadFile(root, name)
		}
		return err
	})
}
