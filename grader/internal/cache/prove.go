package cache

import (
	"context"
	"os"
	"path/filepath"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// Prover wraps grading.Grade for who proves a course again and again: as Grader does, for
// the seed of each task. What an exercise's file only tells people, such as a hint, changes
// nothing of what its programs get.
func Prover(dir string) grading.Grader {
	host, _ := os.Hostname()
	return around(grading.Grade, dir, 0, host, true)
}

// vetted is the name under which it is kept that go vet has nothing to say.
const vetted = "go vet"

// Vet is build.Vet, which does not look again at folders that were clean and have not
// changed.
func Vet(ctx context.Context, dir, course string, folders []string) (map[string][]string, error) {
	host, _ := os.Hostname()
	c, err := Open(dir)
	common := ""
	if err == nil {
		common, err = ingredients(ctx, course, 0, host, grading.Options{})
	}
	if err != nil {
		return build.Vet(ctx, course, folders)
	}
	var open []string
	keys := map[string]Key{}
	for _, f := range folders {
		i := NewIngredients()
		i.Text("vetted", common)
		if files, err := tree(filepath.Join(course, f)); err == nil {
			i.Files("folder", files)
			keys[f] = i.Key()
		}
		if _, clean := c.Find(keys[f], f)[vetted]; !clean {
			open = append(open, f)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	found, err := build.Vet(ctx, course, open)
	for _, f := range open {
		if err == nil && len(found[f]) == 0 && keys[f] != "" {
			_ = c.Put(keys[f], judge.Result{Exercise: f, Checks: []judge.Verdict{{Check: vetted, Status: judge.Pass}}})
		}
	}
	return found, err
}
