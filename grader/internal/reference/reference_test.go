package reference

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
)

func TestMain(m *testing.M) {
	build.Init()
	box.Init()
	script.Init()
	os.Exit(m.Run())
}

var course = filepath.Join("..", "..", "..")

// TestReferenceIsWhole wants a text and an example of every key, command and word.
func TestReferenceIsWhole(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Join(course, "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range slices.Concat(r.Keys, r.Course, r.Texts, r.Spoken) {
		if k.Text == "" {
			t.Errorf("key %s has no text: give its field a doc comment, in a file that exercise.fieldComments reads", k.Path)
		}
		if k.Kind == "" {
			t.Errorf("key %s: nothing says what it can be", k.Path)
		}
		if k.Example.Text == "" {
			t.Errorf("key %s has no example: no exercise uses it; add it to %s", k.Path, rareName)
		}
	}
	for _, c := range r.Commands {
		if c.Text == "" || c.Example.Text == "" {
			t.Errorf("%s: text %q, example %q", c.Name, c.Text, c.Example.Text)
		}
	}
	for _, w := range r.Words {
		if w.Meaning == "" || w.Text == "" || w.Exercise == "" {
			t.Errorf("word %s is not explained", w.Name)
		}
	}
	if len(r.Keys) < 50 || len(r.Commands) < 10 || len(r.Words) < 20 || len(r.Outcomes) < 20 {
		t.Errorf("%d keys, %d commands, %d words, %d outcomes: something is left out", len(r.Keys), len(r.Commands), len(r.Words), len(r.Outcomes))
	}
	text := r.Markdown()
	for _, want := range []string{"### `checks[].processes.children`", "### `expect stdout`", "### zombie", "In 10-lost-updates:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the reference does not have %q", want)
		}
	}
	if problems := unclosed(text); problems%2 != 0 {
		t.Error("a block of code is not closed")
	}
}

func unclosed(text string) (fences int) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fences++
		}
	}
	return fences
}

// TestExampleHolds marks the program of the keys that no exercise of the course has.
func TestExampleHolds(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Dir(filepath.Dir(rareName)))
	if err != nil {
		t.Fatal(err)
	}
	if german, err := exercise.In("de", all); err != nil || german[0].Chapter().Title != "Alle" || german[0].Checks[0].Called() != "halbiert" {
		t.Errorf("in German: %v, %v", german, err)
	}
	e := all[0]
	work, err := submission.Read(e.Dir, e)
	if err == nil && len(work.Files) == 0 {
		work, err = submission.ReadAt(e.Dir, ".", e)
	}
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range e.Checks {
		slow := c.GoroutineRaces || c.Races != nil
		if c.Speedup == nil && !(slow && testing.Short()) { // its figures are the machine's
			names = append(names, c.Name)
		}
	}
	e = e.Only(names...)
	results, err := grading.Grade(t.Context(), course, []grading.Task{{Key: e.ID, Job: plan.New(e, 1), Work: work}}, grading.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range results[0].Checks {
		if v.Status != judge.Pass && v.Status != judge.NotChecked {
			t.Errorf("check %q: %s: %s %v", v.Check, v.Status, v.Message, v.Evidence)
		}
	}
}
