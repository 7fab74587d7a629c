package move

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

const declared = "title: T\ntopic: t\ngoal: g\npoints: 1\nedit: [main.go]\nhints: [h]\nchecks: [{name: c, points: 1, run: {}, exit: 0}]\nstarter: {fails: [c]}\n"

// tree is all that a folder holds.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWholeOrNothing moves exercises where something goes wrong on the way: nothing has
// changed then.
func TestWholeOrNothing(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string // what is in the way; no text: it is gone
		want       string
	}{
		"nothing is in the way":     {"exercises/01-a/more.txt", "more", ""},
		"a folder has the name":     {"exercises/02-a/main.go", "package main", "there is a "},
		"a folder is in between":    {"exercises/01-b.moving/main.go", "package main", "there is a "},
		"a text is gone":            {"exercises/01-a/README.md", "", "no such file"},
		"the course would be wrong": {"exercises/02-b/exercise.yaml", "title: T\n", "for the course would be wrong: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{
				"exercises/01-a/exercise.yaml": declared, "exercises/02-b/exercise.yaml": declared,
				"exercises/01-a/README.md": "see 02-b", "exercises/02-b/README.md": "see EX=1", "solutions/01-a/main.go": "package main",
			}
			files[test.file] = test.text
			for file, text := range files {
				if text == "" {
					continue
				}
				file = filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			before := tree(t, dir)
			p := &Plan{
				course: dir, IDs: map[string]string{"02-b": "01-b", "01-a": "02-a"},
				Renames: [][2]string{{"exercises/01-a", "exercises/02-a"}, {"solutions/01-a", "solutions/02-a"}, {"exercises/02-b", "exercises/01-b"}},
				Edits: []Edit{
					{File: "exercises/01-b/README.md", old: []byte("see EX=1"), new: []byte("see EX=02")},
					{File: "exercises/02-a/README.md", old: []byte("see 02-b"), new: []byte("see 01-b")},
				},
			}
			err := p.Do()
			after := tree(t, dir)
			if test.want == "" {
				if err != nil || after["/exercises/02-a/README.md"] != "see 01-b" || after["/exercises/01-b/README.md"] != "see EX=02" || after["/solutions/02-a/main.go"] == "" || len(after) != len(before) {
					t.Errorf("%v\n%v", err, after)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "cannot undo") {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if !maps.Equal(before, after) {
				t.Errorf("before %v\nafter  %v", before, after)
			}
		})
	}
}

// TestRenumbered moves exercises up and down, to numbers that are taken and that are free.
func TestRenumbered(t *testing.T) {
	var all []*exercise.Exercise
	for _, id := range []string{"01-a", "02-b", "03-c", "05-e", "99-y", "100-z"} {
		all = append(all, &exercise.Exercise{ID: id})
	}
	for _, test := range []struct {
		id     string
		number int
		want   map[string]string
	}{
		{"03-c", 1, map[string]string{"03-c": "01-c", "01-a": "02-a", "02-b": "03-b"}},
		{"01-a", 3, map[string]string{"01-a": "03-a", "03-c": "02-c", "02-b": "01-b"}},
		{"100-z", 3, map[string]string{"100-z": "03-z", "03-c": "04-c"}},
		{"01-a", 4, map[string]string{"01-a": "04-a"}},
		{"02-b", 99, map[string]string{"02-b": "99-b", "99-y": "98-y"}},
		{"99-y", 100, map[string]string{"99-y": "100-y", "100-z": "99-z"}},
	} {
		if got, err := renumbered(all, test.id, test.number); err != nil || !maps.Equal(got, test.want) {
			t.Errorf("%s to %d: %v, %v", test.id, test.number, got, err)
		}
	}
}

// TestReplaced changes what names an exercise for sure, each name once.
func TestReplaced(t *testing.T) {
	p := &Plan{IDs: map[string]string{"10-lost-updates": "11-lost-updates", "11-sum": "100-sum", "07-old": "08-old"}}
	for text, want := range map[string]string{
		"10-lost-updates, 11-sum":                     "11-lost-updates, 100-sum",
		"make grade EX=10; EX=11 EX=7 EX=07":          "make grade EX=11; EX=100 EX=08 EX=08",
		"EX=10-lost-updates":                          "EX=11-lost-updates",
		"10-lost-updates-again 210-lost-updates 10 a": "10-lost-updates-again 210-lost-updates 10 a",
		"EX=1 EX=110 EX=12":                           "EX=1 EX=110 EX=12",
	} {
		if got := string(p.replaced([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for line, want := range map[string]bool{"as in exercise 10": true, "Übung 7": true, "Aufgaben 11 und 12": true, "ten exercises, 10 of them": false, "exercise 12": false} {
		if got := p.speaks(line, false); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
}
