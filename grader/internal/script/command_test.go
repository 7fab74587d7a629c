package script

import (
	"context"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

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
	c := &call{state: &state{raced: true, record: &Record{}}}
	for _, words := range [][]string{
		{"exit", "0"}, {"memory", "child=1MiB"}, {"no-races"}, {"processes", "children=1"}, {"requests", "at-once=1"},
		{"stderr", "matches", "x"}, {"stdout", "matches", "x"}, {"uses", "parent=reads"},
	} {
		x, err := exercise.ReadExpectation(false, words)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.claim(x); err != nil && words[0] != "requests" && words[0] != "uses" { // which need a fixture or a run
			t.Errorf("%s: %v", words[0], err)
		}
		named = append(named, words[0])
	}
	for _, claim := range exercise.Claims {
		if !slices.Contains(named, claim.Name) {
			t.Errorf("%s is never tried here", claim.Name)
		}
	}
}

// TestScripts runs scripts on a program that prints its arguments.
func TestScripts(t *testing.T) {
	const echo = "/bin/echo"
	if _, err := os.Stat(echo); err != nil || runtime.GOOS != "linux" {
		t.Skip("there is no " + echo)
	}
	tests := map[string]struct {
		text string
		want string // the claim that does not hold, or "" where all do
		told string // a part of what broke
	}{
		"matches":              {"program 10\nexpect stdout matches '^10$'\n", "", ""},
		"no such line":         {"program 10\nexpect stdout matches '^11$'\n", "stdout: expected a line 11, seen 10", ""},
		"not matched":          {"program 10\n! expect stdout matches '^1'\n", "stdout: expected anything but a match of ^1, seen 10", ""},
		"not matched, rightly": {"program 10\n! expect stdout matches '^2'\n", "", ""},
		"not equal":            {"program 10\n! expect stdout equals want\n-- want --\n10\n", "stdout: expected something else than 10\n, seen just that", ""},
		"not equal, rightly":   {"program 10\n! expect stdout equals want\n-- want --\n11\n", "", ""},
		"not in any order":     {"program 'a\n! expect stdout unordered want\n-- want --\na\n", "", "unterminated"},
		"not this exit code":   {"program\n! expect exit 0\n", "exit: expected anything but exit code 0, seen exit code 0", ""},
		"another exit code":    {"program\n! expect exit 3\n", "", ""},
		"the program fails":    {"! program\n", "exit: expected an exit code other than 0, seen exit code 0", ""},
		"kept output":          {"program 10\ncp stdout kept\nprogram 10\nexpect stdout equals kept\n", "", ""},
		"one line break":       {"program 10\nexpect stdout equals want.quoted\n-- want.quoted --\n\"10\"\n", "stdout: expected line 1 is \"10\", seen line 1 is \"10\\n\": a line end too many", ""},
		"one space":            {"program '10 '\nexpect stdout equals want\n-- want --\n10\n", "stdout: expected line 1 is \"10\\n\", seen line 1 is \"10 \\n\": a space at its end", ""},
		"another line":         {"program 11\nexpect stdout equals want\n-- want --\n10\n", "stdout: expected 10, seen 11", ""},
		"nothing is run":       {"# nothing\n", "", "claimed nothing"},
		"skipped":              {"skip\n", "", "claimed nothing"},
		"stopped":              {"stop\n", "", "claimed nothing"},
		"another system":       {"[!unix] program\n", "", "claimed nothing"},
		"a foreign command":    {"program 10\nexists 10\n", "", "script line 2"},
		"bad usage":            {"program 10\nexpect sdout equals want\n", "", "did you mean stdout"},
		"no such file":         {"program -stdin=none\n", "", "none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := Run(context.Background(), Request{Name: name, Text: test.text, Plain: echo})
			if (r.Broken == nil) != (test.told == "") || r.Broken != nil && !strings.Contains(r.Broken.Error(), test.told) {
				t.Fatalf("broken: %v, want %q", r.Broken, test.told)
			}
			if r.Unseen != "" {
				t.Errorf("unseen %q", r.Unseen)
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
