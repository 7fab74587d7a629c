package mutate

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	build.Init()
	box.Init()
	os.Exit(m.Run())
}

// packages are those that programs import, and mutants of theirs.
func packages(t *testing.T, programs map[string][]byte) types.Importer {
	t.Helper()
	files := map[string][]byte{"needed.go": []byte("package main\n")}
	for _, path := range Needed() {
		files["needed.go"] = fmt.Appendf(files["needed.go"], "import _ %q\n", path)
	}
	for name, text := range programs {
		files[strings.ReplaceAll(name, "/", "_")+".go"] = text
	}
	found, err := build.Types(t.Context(), build.Request{Course: filepath.Join("..", "..", ".."), Dir: t.TempDir(), Units: []build.Unit{{Key: "programs", Files: files}}})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no programs %s: %v", pattern, err)
	}
	programs := map[string][]byte{}
	for _, name := range names {
		if programs[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return programs
}

// TestMutants compares what is changed with what a person has read.
func TestMutants(t *testing.T) {
	programs := read(t, "testdata/*.go.txt")
	known := packages(t, programs)
	applied := map[string]bool{}
	for name, text := range programs {
		p, err := Read("main.go", text, nil, known)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p.Printed = "3\n"
		var told strings.Builder
		for _, m := range p.Mutants() {
			applied[m.Rule] = true
			fmt.Fprintf(&told, "== %s %s %v: %s\n", m.Rule, m.Name, m.Lines, m.What)
			if m.Doubt != "" {
				fmt.Fprintf(&told, "perhaps %s\n", m.Doubt)
			}
			if m.Wrong != nil {
				t.Errorf("%s: %s is no program: %v", name, m.Name, m.Wrong)
			}
			mutant := strings.TrimPrefix(string(m.Text), constraint)
			if mutant == string(m.Text) {
				t.Errorf("%s: %s would be part of the course's own build", name, m.Name)
			}
			if len(m.Lines) == 0 {
				told.WriteString(mutant)
				continue
			}
			for line := range strings.Lines(string(diff.Diff("", text, "", []byte(mutant)))) {
				if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++") {
					told.WriteString(line)
				}
			}
		}
		golden := strings.TrimSuffix(name, ".go.txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(told.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if told.String() != string(want) {
			t.Errorf("%s: other mutants (-update writes them, to be read):\n%s", name, diff.Diff("want", want, "got", []byte(told.String())))
		}
	}
	for _, r := range Rules() {
		if !applied[r.Name] {
			t.Errorf("rule %s applies to none of the programs", r.Name)
		}
	}
}

// TestMutantsOfTheCourse wants programs of whatever the rules make of its solutions.
func TestMutantsOfTheCourse(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	programs := read(t, "../../../solutions/*/*.go")
	known := packages(t, programs)
	for name, text := range programs {
		if filepath.Base(name) != "main.go" {
			continue // the course's, beside a student's
		}
		beside := map[string][]byte{}
		for other, text := range programs {
			if filepath.Dir(other) == filepath.Dir(name) && other != name {
				beside[filepath.Base(other)] = text
			}
		}
		p, err := Read("main.go", text, beside, known)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		made := p.Mutants()
		if len(made) == 0 {
			t.Errorf("%s: no rule applies", name)
		}
		for _, m := range made {
			if m.Wrong != nil {
				t.Errorf("%s: %s is no program: %v", name, m.Name, m.Wrong)
			}
		}
	}
}

// TestOnly makes those of the named rules alone, and nothing of a program that is none.
func TestOnly(t *testing.T) {
	programs := read(t, "testdata/locked.go.txt")
	text := programs["testdata/locked.go.txt"]
	known := packages(t, programs)
	p, err := Read("main.go", text, nil, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Mutants("no-join", "sleep") {
		if m.Rule != "no-join" && m.Rule != "sleep" {
			t.Errorf("got %s of rule %s", m.Name, m.Rule)
		}
	}
	if _, err := Read("main.go", []byte(strings.Replace(string(text), "add.Start", "ad.Start", 1)), nil, known); err == nil || !strings.Contains(err.Error(), "main.go:34") {
		t.Errorf("error %v, want one with the line", err)
	}
}
