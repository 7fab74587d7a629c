package submission

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
)

// mostListed bounds how many names of a folder are looked at, and mostNamed how many
// are told.
const (
	mostListed = 1000
	mostNamed  = 6
)

// found says what lies where a file was looked for, or near it, so that who handed it in
// can see what to do. It is empty where nothing is known.
func found(root *os.Root, e *exercise.Exercise, dir, name string) string {
	here, err := list(root, dir)
	if err == nil {
		for _, entry := range here {
			if other := entry.Name(); !entry.IsDir() && means(other, name) {
				return fmt.Sprintf("there is %s, which must be called %s", other, name)
			}
		}
		return holds(here)
	}
	top, err := list(root, ".")
	if err != nil {
		return ""
	}
	for _, entry := range top {
		if !entry.IsDir() && (entry.Name() == name || means(entry.Name(), name)) {
			return fmt.Sprintf("there is %s outside any folder; it must be %s", entry.Name(), filepath.Join(e.ID, name))
		}
	}
	if folder := renamed(top, e.ID); folder != "" {
		return fmt.Sprintf("there is a folder %s, which must be called %s", folder, e.ID)
	}
	for _, entry := range top {
		if !entry.IsDir() {
			continue
		}
		for _, inner := range []string{filepath.Join(entry.Name(), "exercises", e.ID), filepath.Join(entry.Name(), e.ID)} {
			if info, err := root.Stat(filepath.Join(inner, name)); err == nil && info.Mode().IsRegular() {
				return fmt.Sprintf("there is %s, a folder too deep: hand in what %s holds", filepath.Join(inner, name), entry.Name())
			}
		}
		if below, err := list(root, entry.Name()); err == nil {
			if folder := renamed(below, e.ID); folder != "" {
				return fmt.Sprintf("there is a folder %s, which must be called %s", filepath.Join(entry.Name(), folder), e.ID)
			}
		}
	}
	return holds(top)
}

// Near is what the first problem says of a file that may be meant by one that is not
// there; empty: there is none.
func Near(problems []Problem) string {
	if len(problems) == 0 {
		return ""
	}
	near, ok := strings.CutPrefix(problems[0].Text, missing+": ")
	if !ok || strings.HasPrefix(near, liesThere) || near == nothingLiesThere {
		return ""
	}
	return near
}

const liesThere, nothingLiesThere = "what lies there: ", "nothing lies there"

// list names what a folder holds, a bounded number of it, in order.
func list(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(mostListed)
	if len(entries) == 0 && err != nil {
		entries = nil // an empty folder, or no folder
		if info, failed := f.Stat(); failed != nil || !info.IsDir() {
			return nil, err
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// means reports whether a file is what browsers, systems and editors make of a name:
// Main.go, main.go.txt, main (1).go, main - Copy.go, "main.go~" and so on.
func means(other, name string) bool {
	stem, extension := strings.TrimSuffix(name, filepath.Ext(name)), filepath.Ext(name)
	rest, ok := strings.CutPrefix(strings.ToLower(other), strings.ToLower(stem))
	if !ok || other == name {
		return false
	}
	before, after, ok := strings.Cut(rest, strings.ToLower(extension))
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' }
	return ok && (before == "" || !letter(rune(before[0]))) && (after == "" || !letter(rune(after[0])))
}

// renamed is the folder that is meant to be called id, by its words or its number.
func renamed(entries []fs.DirEntry, id string) string {
	words := func(name string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
			return r == '-' || r == '_' || r == ' ' || r == '.'
		}), "-")
	}
	number, title, _ := strings.Cut(id, "-")
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == id {
			continue
		}
		if w := words(entry.Name()); w == id || w == title || w == number || w == strings.TrimPrefix(number, "0") {
			return entry.Name()
		}
	}
	return ""
}

// holds names what a folder holds.
func holds(entries []fs.DirEntry) string {
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if len(names) == mostNamed {
			names = append(names, "…")
			break
		}
		name := entry.Name()
		if entry.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nothingLiesThere
	}
	return liesThere + strings.Join(names, ", ")
}

// untaken are the Go files of a folder that an exercise does not take: those beside its own,
// and the course's where they were changed.
func untaken(root *os.Root, e *exercise.Exercise, dir string) []string {
	entries, err := list(root, dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.Type().IsRegular() && filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") &&
			!slices.Contains(e.Edit, name) && (!slices.Contains(e.Support, name) || changed(root, e, dir, name)) {
			names = append(names, name)
		}
	}
	return names
}

// changed reports whether a file of the course's was handed in otherwise than it is, but for
// the ends of lines.
func changed(root *os.Root, e *exercise.Exercise, dir, name string) bool {
	shipped, err := os.ReadFile(filepath.Join(e.Dir, name))
	text, problem := take(root, filepath.Join(dir, name))
	return err == nil && (problem != "" || !same(text, shipped))
}

// same compares a file with the course's, but for the ends of lines.
func same(text, shipped []byte) bool {
	return bytes.Equal(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), shipped)
}
