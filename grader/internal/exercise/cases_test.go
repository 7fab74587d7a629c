package exercise

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCases: each is a check of what stands in it and of what its check says of all, and
// its check's name stands for all of them.
func TestCases(t *testing.T) {
	e, err := Parse("f", []byte(`title: T
topic: t
goal: g
points: 3
edit: [main.go]
hints: [a, b]
checks:
- {name: first, run: {}, exit: 0}
- name: sums
  needs: [first]
  processes: {joined: all}
  cases:
  - {name: small, points: 1, run: {args: ["1"]}, stdout: "1\n", hint: 2}
  - {name: none, points: 2, run: {stdin: ""}, exit: fails}
- {name: last, needs: [sums, first], run: {}, exit: 0}
starter: {fails: [sums]}
mutants: {a.go: ["sums: none"], b.go: [last, sums]}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, c := range e.Checks {
		got += fmt.Sprintf("%s (%s) %d %q %v %d:%d\n", c.Name, c.Of, c.Points, c.Needs, c.Hint.Any, c.Pos.Line, c.Pos.Column)
	}
	want := `first () 0 [] [1 2] 8:3
sums: small (sums) 1 ["first"] [2] 13:5
sums: none (sums) 2 ["first"] [1 2] 14:5
last () 0 ["sums: small" "sums: none" "first"] [1 2] 15:3
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	both := []string{"sums: small", "sums: none"}
	if small, none := e.Checks[1], e.Checks[2]; small.Processes.Joined != "all" || none.Processes.Joined != "all" || *small.Stdout != "1\n" || none.Stdout != nil || none.Exit != Failing {
		t.Errorf("got %+v and %+v", small, none)
	}
	if !slices.Equal(e.Starter.Fails, both) || !slices.Equal(e.Mutants["a.go"], both[1:]) || strings.Join(e.Mutants["b.go"], ", ") != "last, sums: small, sums: none" {
		t.Errorf("got %q, %q", e.Starter.Fails, e.Mutants)
	}
}
