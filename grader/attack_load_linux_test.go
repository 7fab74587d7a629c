package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/submission"
)

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// loadAttacks reads every attack and hands it in: what the screen says is held
// against attack.yaml, and then forgotten where there is something to build.
func loadAttacks(t *testing.T, g *ground) []*attack {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(g.course, "testdata", "attacks", "*", "attack.yaml"))
	if err != nil || len(files) < 60 {
		t.Fatalf("found %d attacks: %v", len(files), err)
	}
	trees := t.TempDir()
	var attacks []*attack
	for _, file := range files {
		a := &attack{name: filepath.Base(filepath.Dir(file))}
		places := []string{"COURSE", g.course}
		for word, address := range g.services {
			places = append(places, word, address)
		}
		d := yaml.NewDecoder(strings.NewReader(strings.NewReplacer(places...).Replace(readFile(t, file))))
		d.KnownFields(true)
		if err := d.Decode(a); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		a.handIn(t, filepath.Dir(file), filepath.Join(trees, a.name))
		attacks = append(attacks, a)
	}
	return attacks
}

// never are the imports that no exercise can allow.
var never = []string{"C", "unsafe", "syscall", "plugin"}

// handIn makes a submission of an attack and an exercise that is as open to it as
// an exercise can be.
func (a *attack) handIn(t *testing.T, from, tree string) {
	t.Helper()
	id := "00-" + strings.ReplaceAll(a.name, "_", "-")
	folder := filepath.Join(tree, "exercises", id)
	if extra := filepath.Join(from, "tree"); exists(extra) {
		a.must(t, os.CopyFS(tree, os.DirFS(extra)))
		if named := filepath.Join(tree, "exercises", "EXERCISE"); exists(named) {
			a.must(t, os.Rename(named, folder))
		}
	}
	if _, linked := a.Links["."]; linked {
		a.must(t, os.MkdirAll(filepath.Dir(folder), 0o755))
	} else {
		a.must(t, os.MkdirAll(folder, 0o755))
	}
	edit, imports := a.Take, []string{"fmt"}
	sources, err := filepath.Glob(filepath.Join(from, "*.go"))
	a.must(t, err)
	for _, name := range sources {
		edit = append(edit, filepath.Base(name))
		text := readFile(t, name)
		writeFile(t, filepath.Join(folder, filepath.Base(name)), text)
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		a.must(t, err)
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			a.must(t, err)
			if !slices.Contains(never, path) && !slices.Contains(imports, path) {
				imports = append(imports, path)
			}
		}
	}
	for name, to := range a.Links {
		a.must(t, os.Symlink(to, filepath.Join(folder, name)))
	}
	for _, name := range a.Pipes {
		a.must(t, syscall.Mkfifo(filepath.Join(folder, name), 0o644))
	}
	for name, size := range a.Holes {
		writeFile(t, filepath.Join(folder, name), "")
		a.must(t, os.Truncate(filepath.Join(folder, name), size))
	}
	e := a.exercise(t, edit, imports)
	e.ID, e.Dir = id, t.TempDir()
	work, err := submission.Read(tree, e)
	a.must(t, err)
	var said []string
	for _, p := range work.Problems {
		said = append(said, p.Text)
	}
	if all := strings.Join(said, "\n"); (all == "") != (a.Refused == "") || !strings.Contains(all, a.Refused) {
		t.Errorf("%s: the screen says %q, want %q", a.name, all, a.Refused)
	}
	if len(a.Take) == 0 {
		work.Problems = nil
	}
	a.task = grading.Task{Key: a.name, Job: plan.New(e, 1), Work: work}
}

// exercise is one of a single check, that of the attack.
func (a *attack) exercise(t *testing.T, edit, imports []string) *exercise.Exercise {
	t.Helper()
	check := map[string]any{"run": map[string]any{}, "stdout": "held\n"}
	if a.Check != nil {
		check = a.Check
	}
	check["name"], check["points"] = "attack", 1
	text, err := yaml.Marshal(map[string]any{
		"title": a.name, "topic": "attacks", "goal": a.Attack, "points": 1, "edit": edit, "imports": imports,
		"limits": a.Limits, "hints": []string{"none"}, "checks": []any{check}, "starter": map[string]any{"fails": []string{"attack"}},
	})
	a.must(t, err)
	e, err := exercise.Parse(a.name, text)
	a.must(t, err)
	return e
}

func (a *attack) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", a.name, err)
	}
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// reportsOf writes a result in the forms that hold what a program printed, and
// reads back what a machine reads.
func reportsOf(t *testing.T, r judge.Result) map[string]string {
	t.Helper()
	all := report.New([]judge.Result{r})
	var screen, annotations, markdown, form, x bytes.Buffer
	for _, err := range []error{
		all.WriteTerminal(&screen, report.Style{}), all.WriteAnnotations(&annotations), all.WriteMarkdown(&markdown),
		all.WriteJSON(&form), all.WriteJUnit(&x, time.Time{}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if !json.Valid(form.Bytes()) {
		t.Errorf("not JSON: %.200q", form.String())
	}
	for d := xml.NewDecoder(&x); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Errorf("not XML: %v", err)
			break
		}
	}
	if screen.Len() > 64<<10 {
		t.Errorf("the terminal report has %d bytes", screen.Len())
	}
	return map[string]string{"terminal": screen.String(), "annotations": annotations.String(), "markdown": markdown.String()}
}
