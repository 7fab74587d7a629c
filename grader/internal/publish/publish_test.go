package publish

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"lockstep/grader/internal/exercise"
)

const course = "../../.."

func students(t *testing.T) (Tree, []*exercise.Exercise) {
	t.Helper()
	all, err := exercise.LoadAll(filepath.Join(course, "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Students(t.Context(), course, all, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tree, all
}

// TestSecrets looks for what students must not find: any solution, any mutant, the
// name of any hidden check, and what belongs to the course alone.
func TestSecrets(t *testing.T) {
	tree, all := students(t)
	secrets := map[string]string{}
	for _, e := range all {
		for _, glob := range []string{filepath.Join(course, "solutions", e.ID, "*"), filepath.Join(e.Dir, "mutants", "*"), filepath.Join(e.Dir, "also", "*")} {
			files, err := filepath.Glob(glob)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if slices.Contains(e.Support, filepath.Base(file)) {
					continue // a copy of what students get
				}
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				secrets[file] = string(text)
			}
		}
	}
	for name, f := range tree {
		for _, part := range strings.Split(name, "/") {
			if part == "mutants" || part == "also" || part == "solutions" || part == "submissions" || part == "testdata" && strings.HasPrefix(name, "grader/") {
				t.Errorf("%s is published", name)
			}
		}
		for file, secret := range secrets {
			if string(f.Text) == secret {
				t.Errorf("%s is %s", name, file)
			}
		}
	}
	for _, e := range all {
		text := string(tree["exercises/"+e.ID+"/exercise.yaml"].Text)
		if strings.Contains(text, "mutants:") || strings.Contains(text, "hidden:") {
			t.Errorf("%s: mutants or hidden checks are published:\n%s", e.ID, text)
		}
		for _, c := range e.Checks {
			if c.Hidden && (strings.Contains(text, "name: "+c.Name) || strings.Contains(text, `"`+c.Name+`"`) || strings.Contains(text, "["+c.Name) || strings.Contains(text, ", "+c.Name+"]")) {
				t.Errorf("%s: the hidden check %q is named:\n%s", e.ID, c.Name, text)
			}
		}
	}
}

// TestVisibleExercises wants what is published to say of an exercise what the
// course says, but for what is hidden.
func TestVisibleExercises(t *testing.T) {
	tree, all := students(t)
	for _, e := range all {
		got, err := exercise.Parse("exercise.yaml", tree["exercises/"+e.ID+"/exercise.yaml"].Text)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		if strings.TrimSpace(got.Goal) != strings.TrimSpace(e.Goal) || !slices.Equal(got.Hints, e.Hints) || !slices.Equal(got.Edit, e.Edit) || got.Limits != e.Limits {
			t.Errorf("%s: the texts or limits differ", e.ID)
		}
		var visible []string
		for _, c := range e.Checks {
			if !c.Hidden {
				visible = append(visible, c.Name)
			}
		}
		for i, c := range got.Checks {
			if i >= len(visible) || c.Name != visible[i] {
				t.Errorf("%s: check %d is %q, want those of %q", e.ID, i, c.Name, visible)
			}
		}
		for _, name := range e.Edit {
			if f := tree["exercises/"+e.ID+"/"+name]; !f.Work || len(f.Text) == 0 {
				t.Errorf("%s: %s is not for students to edit", e.ID, name)
			}
		}
		for _, name := range e.Support {
			if f := tree["exercises/"+e.ID+"/"+name]; f.Work || len(f.Text) == 0 {
				t.Errorf("%s: %s is missing, or for students to edit", e.ID, name)
			}
			if readme := string(tree["exercises/"+e.ID+"/README.md"].Text); !strings.Contains(readme, "\n- "+name+" is the course's") {
				t.Errorf("%s: its README does not say whose %s is", e.ID, name)
			}
		}
	}
}

func TestVisible(t *testing.T) {
	in := `# a comment that stays
title: T
topic: t
goal: >
  A first sentence that is long enough to need more than one line when it stands in a file.
  A second one.
points: 10
edit: [main.go]
imports: []
hints: []
checks:
  - {name: open, points: 3, run: {}, stdout: "x: >\n"}
  - name: secret
    hidden: true
    points: 5
    run: {args: ["7"]}
    stdout: "49\n"
  - {name: needs it, points: 2, needs: [secret], run: {}}
  - {name: needs both, needs: [open, secret], run: {}}
  - {name: more, points: 4, bonus: true, run: {}}
starter: {fails: [open, secret]}
mutants:
  a.go: [secret]
`
	want := `# a comment that stays
title: T
topic: t
goal: >
  A first sentence that is long enough to need more than one line when it stands in
  a file. A second one.

points: 5
edit: [main.go]
imports: []
hints: []
checks:
  - {name: open, points: 3, run: {}, stdout: "x: >\n"}
  - {name: needs it, points: 2, run: {}}
  - {name: needs both, needs: [open], run: {}}
  - {name: more, points: 4, bonus: true, run: {}}
starter: {fails: [open]}
`
	got, err := Visible([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
}

// TestVisibleCases: each case is settled by itself, also of what stands in its check for
// all of them.
func TestVisibleCases(t *testing.T) {
	in := `points: 9
checks:
  - name: sums
    stdout_from: solution
    run: {args: ["1"]}
    cases:
      - {name: a, points: 1}
      - {name: b, points: 2, published: {args: ["2"], stdout: "4\n"}}
      - {name: c, points: 3}
  - name: secret
    hidden: true
    cases: [{name: a, points: 3, run: {}, exit: 0}]
  - {name: last, needs: ["sums: a", "secret: a"], run: {}}
starter: {fails: [secret, "secret: a", sums]}
`
	want := `points: 6
checks:
  - name: sums
    cases:
      - {name: a, points: 1, run: {args: ["1"]}, stdout: "1\n"}
      - {name: b, points: 2, run: {args: ["2"]}, stdout: "4\n"}
      - {name: c, points: 3, run: {args: ["1"]}, stdout: ""}
  - {name: last, needs: ["sums: a"], run: {}}
starter: {fails: [sums]}
`
	answers := map[string]string{"sums: a": "1\n", "sums: c": ""}
	got, err := visible([]byte(in), false, func(*yaml.Node) error { return nil }, func(check *yaml.Node, name string) { settle(check, name, answers) })
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s", err, got)
	}
}

func TestReproducible(t *testing.T) {
	a, all := students(t)
	b, _ := students(t)
	if !maps.EqualFunc(a, b, func(x, y File) bool { return bytes.Equal(x.Text, y.Text) && x.Executable == y.Executable }) {
		t.Error("two trees of one course differ")
	}
	for name, make := range map[string]Maker{"classroom50": Classroom50, "gradescope": Gradescope} {
		tree, err := make(t.Context(), course, all, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"solutions/" + all[0].ID + "/main.go", "exercises/" + exercise.CourseFile} {
			if _, ok := tree["course/"+file]; !ok {
				t.Errorf("%s grades without %s", name, file)
			}
		}
	}
	pinned, err := Classroom50(t.Context(), course, all, Options{Repository: "os/course", Ref: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(pinned) != 3 || !pinned["autograder.py"].Executable || !strings.Contains(string(pinned["lockstep.json"].Text), `"os/course"`) {
		t.Errorf("classroom50 with a repository: %v", slices.Sorted(maps.Keys(pinned)))
	}
}

// TestChanges publishes, lets a student and the course work, and publishes again.
func TestChanges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "published")
	first := Tree{
		"a/main.go": {Text: []byte("starter a\n"), Work: true}, "b/main.go": {Text: []byte("starter b\n"), Work: true},
		"gone/main.go": {Text: []byte("starter\n"), Work: true}, "old/main.go": {Text: []byte("starter\n"), Work: true},
		"run": {Text: []byte("#!/bin/sh\n"), Executable: true}, "text": {Text: []byte("1\n")}, "dropped": {Text: []byte("1\n")},
	}
	if _, err := first.Write(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a/main.go", "repaired\n")
	write("old/main.go", "repaired\n")
	write("text", "scribbled\n")
	write("a/notes.txt", "mine\n")
	if err := os.Chmod(filepath.Join(dir, "run"), 0o644); err != nil {
		t.Fatal(err)
	}
	second := Tree{
		"a/main.go": {Text: []byte("starter a, clearer\n"), Work: true}, "b/main.go": {Text: []byte("starter b, clearer\n"), Work: true},
		"run": first["run"], "text": {Text: []byte("1\n")}, "new": {Text: []byte("1\n")},
	}
	want := []Change{
		{"a/main.go", Kept}, {"b/main.go", Changed}, {"new", New}, {"run", Changed}, {"text", Changed},
		{"dropped", Gone}, {"gone/main.go", Gone}, {"old/main.go", Kept},
	}
	told, err := second.Compare(dir)
	if err != nil || !slices.Equal(told, want) {
		t.Errorf("told %v, %v", told, err)
	}
	done, err := second.Write(dir, Options{})
	if err != nil || !slices.Equal(done, want) {
		t.Errorf("did %v, %v", done, err)
	}
	for name, want := range map[string]string{"a/main.go": "repaired\n", "old/main.go": "repaired\n", "a/notes.txt": "mine\n", "b/main.go": "starter b, clearer\n", "text": "1\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if rest, err := second.Compare(dir); err != nil || !slices.Equal(rest, []Change{{"a/main.go", Kept}}) {
		t.Errorf("afterwards: %v, %v", rest, err)
	}
}

func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (Tree{"a": {}}).Write(dir, Options{}); err == nil || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("wrote into a folder of somebody else's: %v", err)
	}
	// A link out of the folder is not followed.
	dir, outside := filepath.Join(t.TempDir(), "p"), t.TempDir()
	if _, err := (Tree{"a/b": {Text: []byte("1")}}).Write(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := (Tree{"a/b": {Text: []byte("2")}}).Write(dir, Options{}); err == nil {
		t.Error("wrote through a link that leaves the folder")
	}
}

// The course's own repository has the editor's tasks that it gives to students.
func TestTasksAreTheStudents(t *testing.T) {
	ours, err := os.ReadFile("../../../.vscode/tasks.json")
	theirs, err2 := templates.ReadFile("template/students/dot-vscode/tasks.json")
	if err != nil || err2 != nil || string(ours) != string(theirs) {
		t.Errorf("%v %v: they differ", err, err2)
	}
}
