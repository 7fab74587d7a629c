package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReset throws work away that was committed long ago, also after the course
// has changed the exercise.
func TestReset(t *testing.T) {
	course := wordsCourse(t)
	state := t.TempDir()
	t.Setenv("LOCKSTEP_STATE", state)
	file := filepath.Join(course, "exercises", "01-hello", "main.go")
	commit := func(message string) {
		runTool(t, course, nil, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-a", "-m", message)
	}
	reset := func(typed string, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"reset", "--course", course}, args...), streams{strings.NewReader(typed), &out, &errs}); code != exitPassed {
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
		return out.String()
	}
	if said := reset("", "01"); !strings.Contains(said, "there is nothing to reset") {
		t.Errorf("untouched: %s", said)
	}
	writeFile(t, file, saying("mine"))
	commit("My work")
	// Without a name, the exercise to work at is meant, and named.
	for _, typed := range []string{"", "\n", "n\n", "yellow\n"} {
		if said := reset(typed); !strings.Contains(said, "01-hello?") || !strings.Contains(said, "nothing was changed") || readFile(t, file) != saying("mine") {
			t.Errorf("%q: %s", typed, said)
		}
	}
	if said := reset("y\n"); !strings.Contains(said, "01-hello is as it was handed out; your work is kept in "+state) || readFile(t, file) != saying("nothing") {
		t.Errorf("%s\ngot %s", said, readFile(t, file))
	}
	// The course hands out another starter, and the student goes on.
	yaml := filepath.Join(filepath.Dir(file), "exercise.yaml")
	writeFile(t, file, saying("something"))
	world := filepath.Join(filepath.Dir(file), "world.go")
	writeFile(t, world, "package main\n")
	writeFile(t, yaml, strings.Replace(readFile(t, yaml), "edit: [main.go]", "edit: [main.go]\nsupport: [world.go]", 1))
	runTool(t, course, nil, "git", "add", ".")
	commit("A better starter, with a file of the course's")
	writeFile(t, file, saying("mine again"))
	writeFile(t, world, "package main\n\nconst Mine = true\n")
	commit("My work again, and more than that")
	if reset("", "--yes"); readFile(t, file) != saying("something") || readFile(t, world) != "package main\n" {
		t.Errorf("got %s and %s", readFile(t, file), readFile(t, world))
	}
	// A folder in the file's place is not taken for nothing.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o755); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"reset", "--course", course, "--yes"}, streams{strings.NewReader(""), &errs, &errs}); code != exitUsage || !strings.Contains(errs.String(), "nothing was changed") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	kept, err := filepath.Glob(filepath.Join(state, "kept", "01-hello", "*", "main.go"))
	if err != nil || len(kept) != 2 || readFile(t, kept[0]) != saying("mine") || readFile(t, kept[1]) != saying("mine again") {
		t.Errorf("kept: %v %v", kept, err)
	}
}
