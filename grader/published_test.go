package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"lockstep/grader/internal/exercise"
)

// TestPublishedCases runs the solutions on the fixed cases that students get in the
// place of what only the solutions answer.
func TestPublishedCases(t *testing.T) {
	exercises, err := exercise.LoadAll("../exercises")
	if err != nil {
		t.Fatal(err)
	}
	programs := t.TempDir() + string(filepath.Separator)
	build := exec.Command("go", "build", "-o", programs, "./solutions/...")
	build.Dir = ".."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	cases := 0
	for _, e := range exercises {
		for _, c := range e.Checks {
			if p := c.Published; p != nil {
				cases++
				if said, err := exec.Command(programs+e.ID, p.Args...).Output(); err != nil || string(said) != p.Stdout {
					t.Errorf("%s, check %q: the solution prints %q (%v), not %q", e.ID, c.Name, said, err, p.Stdout)
				}
			}
		}
	}
	if cases == 0 {
		t.Error("no check has one")
	}
}
