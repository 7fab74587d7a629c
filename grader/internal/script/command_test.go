package script

import (
	"context"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// scriptOf reads a script as an exercise's is, with nothing drawn.
func scriptOf(t *testing.T, text string) *exercise.Script {
	t.Helper()
	file := "title: T\ntopic: t\ngoal: g\npoints: 0\nedit: [main.go]\nimports: []\nhints: []\nstarter: {fails: []}\nchecks:\n  - name: c\n    script: |\n      " +
		strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n      ") + "\n"
	e, err := exercise.Parse("exercise.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return e.Checks[0].Script.Draw("", func(int) exercise.Pick { return nil })
}

// TestEveryCommandIsDone keeps what is done beside what may be written.
func TestEveryCommandIsDone(t *testing.T) {
	var named []string
	for _, c := range exercise.Commands {
		if c.Name != "cp" { // testscript's own
			named = append(named, c.Name)
		}
	}
	if got := slices.Sorted(maps.Keys(does)); !slices.Equal(got, named) {
		t.Errorf("done are %v, named are %v", got, named)
	}
	var tried []string
	c := &call{state: &state{ctx: t.Context(), last: func() box.Command { return box.Command{} }}}
	for _, words := range [][]string{
		{"exit", "0"}, {"file", "x", "absent"}, {"memory", "child=1MiB"}, {"no-races"}, {"processes", "children=1"}, {"requests", "at-once=1"},
		{"stderr", "matches", "x"}, {"steps", "each-child=write x"}, {"stdout", "matches", "x"}, {"uses", "parent=reads"},
	} {
		x, err := exercise.ReadExpectation(false, words)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.test(x); err != nil && words[0] != "uses" { // which needs a run
			t.Errorf("%s: %v", words[0], err)
		}
		tried = append(tried, words[0])
	}
	for _, claim := range exercise.Claims {
		if !slices.Contains(tried, claim.Name) {
			t.Errorf("%s is never tried here", claim.Name)
		}
	}
}

const echo = "/bin/echo"

// TestScripts runs scripts on a program that prints its arguments.
func TestScripts(t *testing.T) {
	if _, err := os.Stat(echo); err != nil || runtime.GOOS != "linux" {
		t.Skip("there is no " + echo)
	}
	for name, test := range map[string]struct {
		text string
		want string // the claim that does not hold, or "" where all do
	}{
		"matches":              {"program 10\nexpect stdout matches '^10$'\n", ""},
		"no such line":         {"program 10\nstdout '^11$'\n", "stdout: expected a line 11, seen 10"},
		"not matched":          {"program 10\n! stdout '^1'\n", "stdout: expected anything but a match of ^1, seen 10"},
		"not matched, rightly": {"program 10\n! expect stdout matches '^2'\n", ""},
		"not equal":            {"program 10\n! cmp stdout want\n-- want --\n10\n", "stdout: expected something else than 10\n, seen just that"},
		"not equal, rightly":   {"program 10\n! expect stdout equals want\n-- want --\n11\n", ""},
		"not this exit code":   {"program\n! expect exit 0\n", "exit: expected anything but exit code 0, seen exit code 0"},
		"another exit code":    {"program\n! expect exit 3\n", ""},
		"the program fails":    {"! program\n", "exit: expected an exit code other than 0, seen exit code 0"},
		"kept output":          {"program 10\ncp stdout kept\nprogram 10\ncmp stdout kept\n", ""},
		"kept over a file":     {"program 10\ncp stdout kept\nprogram 10\ncmp stdout kept\n-- kept --\n11\n", ""},
		"kept output differs":  {"program 10\ncp stdout kept\nprogram 11\ncmp stdout kept\n", "stdout: expected 10, seen 11"},
		"words like flags":     {"program -- -x 'a b' $EXERCISE/c\nstdout '^-x a b /c$'\n", ""},
		"one line break":       {"program 10\nexpect stdout equals want.quoted\n-- want.quoted --\n\"10\"\n", "stdout: expected line 1 is \"10\", seen line 1 is \"10\\n\": a line end too many"},
		"one space":            {"program '10 '\nexpect stdout equals want\n-- want --\n10\n", "stdout: expected line 1 is \"10\\n\", seen line 1 is \"10 \\n\": a space at its end"},
		"another line":         {"program 11\nexpect stdout equals want\n-- want --\n10\n", "stdout: expected 10, seen 11"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Run(context.Background(), Request{Name: name, Script: scriptOf(t, test.text), Plain: echo})
			if r.Broken != nil || r.Unseen != "" {
				t.Fatalf("broken: %v, unseen %q", r.Broken, r.Unseen)
			}
			got := ""
			for _, c := range r.Claims {
				if !c.Holds {
					got = c.Summary()
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A text that does not say what the check holds is the grader's fault, however much of
// it holds.
func TestTextAndValuesGoTogether(t *testing.T) {
	if _, err := os.Stat(echo); err != nil || runtime.GOOS != "linux" {
		t.Skip("there is no " + echo)
	}
	for text, told := range map[string]string{
		"program 10\nexpect exit 0\nexpect exit 0\n":  "a line of the script says expect",
		"program 10\nprogram 10\n":                    "a line of the script says program",
		"program 10\n":                                "ended before",
		"program 10\nstop\nexpect exit 0\n":           "ended before",
		"program 10\n[!unix] expect exit 0\n":         "ended before",
		"program 10\nexists 10\nexpect exit 0\n":      "script line 2",
		"program 10\nexpect exit 0\nexpect 'exit 0\n": "unterminated",
	} {
		s := scriptOf(t, "program 10\nexpect exit 0\n")
		s.Text = text
		r := Run(context.Background(), Request{Name: "c", Script: s, Plain: echo})
		if r.Broken == nil || !strings.Contains(r.Broken.Error(), told) {
			t.Errorf("%q: %v", text, r.Broken)
		}
	}
}
