package exercise

import (
	"fmt"
	"sort"
	"strings"
)

// Error is one fault of an exercise's folder.
type Error struct {
	Pos  Pos
	Text string // what was found, what is allowed, and the nearest name for a typo
}

func (e Error) Error() string { return e.Pos.String() + ": " + e.Text }

// Errors is every fault of one or more exercises, in the order of their places.
type Errors []Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

func (es Errors) sorted() Errors {
	sort.SliceStable(es, func(i, j int) bool {
		a, b := es[i].Pos, es[j].Pos
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return es
}

// list joins words as a sentence does: "a", "a or b", "a, b or c".
func list(names []string) string { return joined(names, "or") }

func joined(names []string, last string) string {
	n := len(names) - 1
	if n < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n], ", ") + " " + last + " " + names[n]
}

// Pos is a place in an exercise file.
type Pos struct {
	File         string
	Line, Column int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}
