package play

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/report"
	"lockstep/mp/trace"
)

// crowd is a session with so many processes, which say what they should not.
func crowd(n int) *Session {
	at := &explore.Position{Output: "\x1b[2Jgone\n"}
	for i := range n {
		p := explore.Process{Proc: fmt.Sprint("0.", i), Title: fmt.Sprint("worker-", i), State: explore.Ready, Next: "x.Set(\x1b[2J)", Sees: "would replace 1", Site: trace.Site{File: "main.go", Line: 5 + 7*i%90}}
		if i%3 == 1 {
			p.State, p.For, p.Why, p.Sees = explore.Waiting, "lock x", "held by worker-0 since main.go:12, and that is a long story", ""
		}
		at.Processes = append(at.Processes, p)
		at.Steps = append(at.Steps, explore.Step{Number: i + 1, Column: i, Text: "x.Get() = \x1b[2J"})
		at.Objects = append(at.Objects, explore.Object{Name: fmt.Sprint("x", i), Kind: "value", Cells: []explore.Cell{{Name: fmt.Sprint("x", i), Value: "1"}}})
	}
	return &Session{
		Exercise: &exercise.Exercise{ID: "10-lost-updates"}, Check: &exercise.Check{Play: &exercise.Play{Goal: exercise.LosesUpdate, Times: 2}},
		Line: "program 3 1", Sources: map[string][]byte{"main.go": []byte(strings.Repeat("\tx.Set(x.Get() + 1)\n", 100))}, Now: at,
	}
}

// TestScreenFits draws screens of many sizes: no line is too long, none is too much, the
// last says what can be pressed and nothing that a program says moves the cursor.
func TestScreenFits(t *testing.T) {
	for _, n := range []int{1, 3, 9, 40} {
		for _, size := range [][2]int{{80, 24}, {40, 10}, {20, 5}, {200, 60}, {80, 1}} {
			for _, style := range []report.Style{{}, {ASCII: true}, {Color: true}} {
				s := crowd(n)
				s.style = style
				lines := s.draw([]string{"an answer"}, size[0], size[1])
				if len(lines) != size[1] {
					t.Errorf("%d processes on %v: %d lines", n, size, len(lines))
				}
				said := false
				for _, line := range lines {
					bare := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[34m", "").Replace(line)
					if !style.Color {
						bare = line
					}
					if got := length(bare); got > size[0] || strings.ContainsAny(bare, "\x1b\n\r") || style.ASCII && strings.ContainsFunc(bare, func(r rune) bool { return r > 126 }) {
						t.Errorf("%d processes on %v: %d columns: %q", n, size, got, line)
					}
					said = said || strings.Contains(line, "an answer")
				}
				if size[1] > 5 && !said {
					t.Errorf("%d processes on %v: the answer is not there", n, size)
				}
				if !strings.Contains(lines[len(lines)-1], "0-9 let go") {
					t.Errorf("%d processes on %v: the last line is %q", n, size, lines[len(lines)-1])
				}
			}
		}
	}
}

// TestSequences: keys that are no characters are no keys of processes, wherever they are cut.
func TestSequences(t *testing.T) {
	for _, c := range []struct{ typed, meant string }{
		{"12a", "12a"},
		{"\x1b[A1\x1b[B", "1"},
		{"\x1b[D\x1b[C", "u."},
		{"\x1bOD2", "u2"},
		{"\x1b[1;5A3", "3"},
		{"\x1b[3~4", "4"},
		{"\x1b5", "5"},
		{"\x1b\x1b[A6", "6"},
	} {
		var q sequence
		meant := ""
		for _, key := range []byte(c.typed) {
			if key = q.plain(key); key != 0 {
				meant += string(key)
			}
		}
		if meant != c.meant {
			t.Errorf("%q means %q, want %q", c.typed, meant, c.meant)
		}
	}
}
