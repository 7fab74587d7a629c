package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMakefilesAreImmune builds graders with an environment that was meant for
// something else, here and as students do, and outside a folder of their own.
func TestMakefilesAreImmune(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	students := filepath.Join(t.TempDir(), "students")
	runGrader(t, exitPassed, "publish", "--course", course, students)
	writeFile(t, filepath.Join(filepath.Dir(students), "go.work"), "go 1.26\n\nuse ./elsewhere\n")
	for _, dir := range []string{course, students} {
		grader := filepath.Join(t.TempDir(), "new", "grader")
		cmd := exec.Command("make", "-s", "GRADER="+grader, "list")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=vendor", "GOARCH=mips", "GOOS=plan9", "GOEXPERIMENT=nonsense")
		said, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(said), "02-join-them-all") {
			t.Errorf("in %s: %v\n%s", dir, err, said)
		}
	}
}
