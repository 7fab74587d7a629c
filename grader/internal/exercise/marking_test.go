package exercise

import (
	"strings"
	"testing"
)

// TestMarking changes a file in one place, and wants what is marked by to change or not.
func TestMarking(t *testing.T) {
	const file = `title: One
goal: It runs.
points: 2
edit: [main.go]
limits: {wall: 5s}
hints: [Look., Again., There.]
checks:
  - name: runs
    points: 2
    run: {args: ["1"]}
    stdout: "1\n"
    hint: {stdout: 1}
starter: {fails: [runs]}
mutants: {a.go: [runs]}
`
	marking := func(text string) string {
		t.Helper()
		m, err := Marking([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return string(m)
	}
	for _, test := range []struct {
		old, new string
		same     bool
	}{
		{"Look.", "Look there.", true},
		{"title: One", "title: Two", true},
		{"{stdout: 1}", "[2]", true},
		{"[runs]}\nm", "[runs]} # as it is\nm", true},
		{"{a.go: [runs]}", "{b.go: [runs]}", true},
		{"wall: 5s", "wall: 6s", false},
		{`["1"]`, `["2"]`, false},
		{`"1\n"`, `"2\n"`, false},
		{"    points: 2", "    points: 1", false},
		{"edit: [main.go]", "edit: [main.go]\nforbid: [goroutines]", false},
	} {
		changed := strings.Replace(file, test.old, test.new, 1)
		if changed == file {
			t.Fatalf("%q is not there", test.old)
		}
		if same := marking(changed) == marking(file); same != test.same {
			t.Errorf("%q for %q: the same: %v, want %v", test.new, test.old, same, test.same)
		}
	}
}
