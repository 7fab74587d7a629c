package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// recorded is a report with every status, every kind of evidence and output that
// tries to harm a terminal. Every format's golden file is made from it.
func recorded() *Report {
	r := New([]judge.Result{
		{Exercise: "01-first-process", Title: "A first process", Topic: "processes", Chapter: "Processes", Status: judge.Pass, Points: 3, Max: 3, Seconds: 0.25, Checks: []judge.Verdict{
			{Check: "prints from a child", Status: judge.Pass, Points: 3, Max: 3, Seconds: 0.25, Message: "verified: all 24 interleavings",
				Interleavings: &explore.Report{Outcome: explore.Verified, Text: "verified: all 24 interleavings", Runs: 24},
				Evidence:      []judge.Evidence{{Kind: judge.Note, Lines: []string{"the time limit of 5s at main.go:50 is taken to be long enough"}}}},
		}},
		{Exercise: "02-join-them-all", Title: "Join them all", Topic: "processes", Chapter: "Processes", Status: judge.Fail, Points: 2, Max: 10, Seconds: 1.5, Checks: []judge.Verdict{
			{Check: "every child is joined", Status: judge.Fail, Max: 5, Seconds: 0.5, Message: "joined: expected every child is joined by its parent, seen 1 orphan (outlived its parent)",
				Evidence: []judge.Evidence{
					{Kind: judge.Ran, Lines: []string{"program 10"}},
					{Kind: judge.Expected, Lines: []string{"every child is joined by its parent"}},
					{Kind: judge.Seen, Lines: []string{"1 orphan (outlived its parent)"}},
					{Kind: judge.Processes, Lines: []string{"printSquare-1 (pid 12): orphan, lived 2.1ms"}},
					{Kind: judge.Places, Lines: []string{"main.go:31, which starts printSquare"}},
				}, Hint: "How often does the parent call `Start`?", File: "exercises/02-join-them-all/main.go", Line: 31},
			{Check: "all done comes last", Status: judge.Skipped, Max: 3, Message: `needs "every child is joined", which did not pass`},
			{Check: "any number", Status: judge.Pass, Points: 2, Max: 2, Seconds: 1, Cached: true},
		}},
		{Exercise: "10-lost-updates", Title: "Lost updates", Topic: "shared values", Chapter: "Shared values and locks", Status: judge.Error, Max: 9, Checks: []judge.Verdict{
			{Check: "prints", Status: judge.Fail, Max: 3, Message: "stdout differs from what is expected", Evidence: []judge.Evidence{
				{Kind: judge.Diff, Lines: []string{"@@ -1,2 +1,2 @@", " one", "-two", "+\x1b[31mtwo\x1b[0m\x07", "+::error::forged", "+\xff\u202eback", "+" + strings.Repeat("x", 500)}},
			}},
			{Check: "fast", Status: judge.NotChecked, Max: 3, Message: "one core: times can't tell"},
			{Check: "breaks", Status: judge.Error, Max: 3, Message: "the grader broke: cannot open a box"},
		}},
		{Exercise: "21-never-receives-back", Title: "Never receives back", Topic: "pipes", Chapter: "Pipes", Status: judge.Fail, Max: 5, Checks: []judge.Verdict{
			{Check: "builds", Status: judge.Fail, Message: "the program does not compile", File: "main.go", Line: 7, Evidence: []judge.Evidence{
				{Kind: judge.Compiler, Lines: []string{"main.go:7:2: undefined: x"}},
			}},
			{Check: "hidden", Status: judge.Skipped, Max: 5, Hidden: true, Message: "the program was not built"},
		}},
	})
	r.Seed, r.Tier, r.Course = 1, "A", "Processes in Go"
	return r
}

func TestTerminal(t *testing.T) {
	for name, style := range map[string]Style{"terminal": {}, "terminal_ascii": {ASCII: true, Width: 60}, "terminal_color": {Color: true}, "terminal_narrow": {Width: 40, Fold: true}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := recorded().WriteTerminal(&b, style); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", b.Bytes())
			if text := b.String(); !style.Color && strings.ContainsAny(text, "\x1b\x07\r") || strings.Contains(text, "\u202e") {
				t.Error("the report lets control characters through")
			}
			for line := range strings.Lines(b.String()) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); style.Fold && n > style.Width && !strings.Contains(line, "+xxx") {
					t.Errorf("%d columns: %s", n, line)
				}
			}
		})
	}
}

// A line for each exercise, as wide as the terminal, in any terminal.
func TestTerminalList(t *testing.T) {
	for name, style := range map[string]Style{"UTF-8": {Width: 60}, "ASCII": {Width: 60, ASCII: true}} {
		var b bytes.Buffer
		out := NewTerminal(&b, style)
		r := recorded()
		kept := recorded().Exercises[0]
		kept.Checks[0].Cached = true
		kept.Chapter = "Pipes"
		r.Exercises = append(r.Exercises, kept)
		out.List(r)
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != 8 || !strings.HasSuffix(lines[7], "unchanged  3/3") || strings.Contains(lines[2], "unchanged") ||
			strings.Join(strings.Fields(lines[0]), " ") != "Processes 5/13" || strings.Join(strings.Fields(lines[5]), " ") != "Pipes 3/8" {
			t.Errorf("%s: got\n%s", name, b.String())
		}
		for _, line := range lines {
			if n := len([]rune(line)); n != 60 || style.ASCII && len(line) != n {
				t.Errorf("%s: %d columns, %d bytes: %s", name, n, len(line), line)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := recorded().WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s", file, got)
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain é ✓":   "plain é ✓",
		"a\x1b[2Jb\r": `a\x1b[2Jb\r`,
		"\xff\x00":    `\xff\x00`,
		"a\tb":        "a    b",
		"\u202eabc":   `\u202eabc`,
		"abcdefghij":  "abcdefgh…",
	} {
		if got := Escape(in, 8); got != want && (len(in) == 10 || Escape(in, 80) != want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// What could not be checked is told in words that fit its number.
func TestTerminalUnchecked(t *testing.T) {
	for points, want := range map[int]string{1: "\n1 more point could not be checked here; it is ", 3: "\n3 more points could not be checked here; they are "} {
		r := recorded()
		for i := range r.Exercises {
			r.Exercises[i].NotChecked = 0
		}
		r.Exercises[0].NotChecked = points
		if text := string(written(t, r, func(r *Report, w io.Writer) error { return r.WriteTerminal(w, Style{}) })); !strings.Contains(text, want) {
			t.Errorf("%d: no %q in\n%s", points, want, text)
		}
	}
}
