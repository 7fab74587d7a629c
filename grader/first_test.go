package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFirstGrader builds the grader that make builds first: what it is without, it says, before
// anything is run.
func TestFirstGrader(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles another grader")
	}
	grader := filepath.Join(t.TempDir(), "grader")
	runTool(t, ".", nil, "go", "build", "-tags", "first", "-o", grader, ".")
	for _, args := range []string{"check 01", "class .", "grade --html report.html 01", "grade --format junit 01"} {
		out, err := exec.Command(grader, strings.Fields(args)...).CombinedOutput()
		var ended *exec.ExitError
		name, _, _ := strings.Cut(args, " ")
		want := "grader " + name + ": the grader that make has built is without it: go run ./grader " + name + " …\n"
		if !errors.As(err, &ended) || ended.ExitCode() != exitUsage || string(out) != want {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
	if out, err := exec.Command(grader, "list").CombinedOutput(); err != nil || !strings.Contains(string(out), "01-first-process") {
		t.Errorf("list: %v\n%s", err, out)
	}
}
