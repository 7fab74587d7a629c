package exercise

import (
	"fmt"
	"testing"
)

// TestLadders reads a check's hints in all the forms that there are, and climbs them by
// outcome.
func TestLadders(t *testing.T) {
	const (
		plain   = `run: {}, stdout: "1\n", processes: {children: 2, joined: all}`
		races   = `run: {}, races: {}, stdout: "1\n", processes: {needed: each}`
		speedup = `speedup: {serial: {args: []}, parallel: {args: []}, workers: 2, at_least: 0.5}`
	)
	for _, test := range []struct {
		check, hint string
		want        map[Outcome]string
	}{
		{plain, ``, map[Outcome]string{
			"stdout": "[1 2 3]", "joined": "[1 2 3]", "exit": "[1 2 3]", "limit": "[1 2 3]", "wall limit": "[1 2 3]",
			"overlap": "[]", "form": "[]", "crash": "[]", "lost update": "[]", "deadlock": "[]", "": "[]",
		}},
		{plain, `2`, map[Outcome]string{"stdout": "[2 3]", "children": "[2 3]", "form": "[]", "lock taken twice": "[]"}},
		{plain, `[3, 1]`, map[Outcome]string{"stdout": "[3 1]", "crash": "[]"}},
		{plain, `[]`, map[Outcome]string{"stdout": "[]"}},
		{plain, `{joined: 2, stdout: [1], deadlock: 3, form: [2, 3], limit: 1, cpu limit: 3}`, map[Outcome]string{
			"joined": "[2 3]", "stdout": "[1]", "deadlock": "[3]", "form": "[2 3]", "children": "[]", "wall limit": "[1 2 3]", "cpu limit": "[3]",
		}},
		{races, ``, map[Outcome]string{"lost update": "[1 2 3]", "deadlock": "[1 2 3]", "work": "[1 2 3]", "stdout": "[]", "crash": "[]"}},
		{races, `{wrong result: 3}`, map[Outcome]string{"wrong result": "[3]", "lost update": "[]", "work": "[]"}},
		{speedup, `1`, map[Outcome]string{"speedup": "[1 2 3]", "one worker": "[1 2 3]", "work": "[1 2 3]", "stdout": "[]"}},
		{speedup, `{lock held while computing: 1, speedup: 3, wall limit: 2}`, map[Outcome]string{
			"lock held while computing": "[1 2 3]", "one worker": "[3]", "speedup": "[3]", "wall limit": "[2 3]", "cpu limit": "[]", "work": "[]",
		}},
		{"script: |\n      program 1\n      stdout 1\n   ", ``, map[Outcome]string{"stdout": "[1 2 3]", "joined": "[1 2 3]", "form": "[]", "deadlock": "[]"}},
	} {
		text := "title: T\ntopic: t\ngoal: g\npoints: 1\nedit: [main.go]\nhints: [a, b, c]\nstarter: {fails: [c]}\nchecks:\n"
		if test.check[0] == 's' && test.check[1] == 'c' {
			text += "  - name: c\n    points: 1\n    " + test.check + "\n"
		} else {
			text += "  - {name: c, points: 1, " + test.check
			if test.hint != "" {
				text += ", hint: " + test.hint
			}
			text += "}\n"
		}
		e, err := Parse("f", []byte(text))
		if err != nil {
			t.Errorf("%s, hint: %s: %v", test.check, test.hint, err)
			continue
		}
		for o, want := range test.want {
			if got := fmt.Sprint(e.Checks[0].Ladder(o)); got != want {
				t.Errorf("%s, hint: %s: %s gives %s, want %s", test.check, test.hint, o, got, want)
			}
		}
	}
}
