package exercise

import (
	"slices"
	"strings"
	"testing"
)

// TestGrants has an exercise that says nothing, one that adds and one that takes away.
func TestGrants(t *testing.T) {
	plain, client, without := &Exercise{}, &Exercise{Imports: []string{"net/http", "fmt"}}, &Exercise{Imports: []string{"-sort"}}
	for _, path := range []string{"lockstep/mp", "errors", "fmt", "maps", "math/rand", "slices", "sort", "sync", "sync/atomic", "time"} {
		if !plain.Grants(path) || !client.Grants(path) || without.Grants(path) != (path != "sort") {
			t.Errorf("%s: granted %t, %t, %t", path, plain.Grants(path), client.Grants(path), without.Grants(path))
		}
	}
	// Each of these leaves what the grader sees or bounds, or what the exercise is about.
	for _, path := range []string{"C", "embed", "lockstep/mp/trace", "net", "net/http", "os/exec", "os/signal", "os/user", "plugin", "reflect", "runtime", "runtime/debug", "syscall", "testing", "unsafe"} {
		if plain.Grants(path) || without.Grants(path) || client.Grants(path) != (path == "net/http") {
			t.Errorf("%s: granted %t, %t, %t", path, plain.Grants(path), client.Grants(path), without.Grants(path))
		}
	}
	for _, path := range harmless {
		if path != Library && !slices.Contains(strings.Fields(standard), path) {
			t.Errorf("%s is granted and is no package", path)
		}
	}
}

func TestRules(t *testing.T) {
	tests := map[string]struct {
		e    Exercise
		want []string
	}{
		"plain": {Exercise{Edit: []string{"main.go"}}, []string{
			"Taken from you: main.go, and no other file.",
			"You may import what stands below.",
			"Compiler directives (//go:…) are refused.",
		}},
		"everything": {Exercise{
			Edit: []string{"main.go", "pool.go"}, Forbid: []Name{Goroutines, "time.Sleep", "os.Exit"}, Require: []Name{"mp.Pool.Close"}, Allow: []string{"//go:embed"},
			Imports: []string{"os/exec", "fmt", "-sort", "-slices"},
		}, []string{
			"Taken from you: main.go and pool.go, and no other file.",
			"Goroutines are refused, also one that only waits: what is done at the same time is done by processes.",
			"Refused wherever it stands, since doing without is part of the exercise: time.Sleep and os.Exit.",
			"Your files must use mp.Pool.Close.",
			"You may import os/exec and what stands below, but not sort or slices: doing without is part of the exercise.",
			"Compiler directives (//go:…) are refused, but for //go:embed.",
		}},
		"a file of the course's": {Exercise{Edit: []string{"main.go"}, Support: []string{"world.go"}}, []string{
			"Taken from you: main.go, and no other file.",
			"world.go is the course's: it is built with yours as it is, and no change to it is taken.",
			"You may import what stands below.",
			"Compiler directives (//go:…) are refused.",
		}},
		"files of the course's": {Exercise{Edit: []string{"main.go"}, Support: []string{"sea.go", "land.go", "sky.go"}}, []string{
			"Taken from you: main.go, and no other file.",
			"sea.go, land.go and sky.go are the course's: they are built with yours as they are, and no change to them is taken.",
			"You may import what stands below.",
			"Compiler directives (//go:…) are refused.",
		}},
	}
	for name, test := range tests {
		if got := test.e.Rules("what stands below"); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s", name, strings.Join(got, "\n"))
		}
	}
}

// TestTellRules has rules written where a README leaves room for them, and nowhere else.
func TestTellRules(t *testing.T) {
	e := Exercise{Edit: []string{"main.go"}}
	rules := "- Taken from you: main.go, and no other file.\n- You may import " + Allowed + ".\n- Compiler directives (//go:…) are refused.\n"
	for readme, want := range map[string]string{
		"# A\n\n<!-- rules -->\n<!-- end rules -->\nRun it.\n": "# A\n\n<!-- rules -->\n" + rules + "<!-- end rules -->\nRun it.\n",
		"<!-- rules -->\n- Old.\n<!-- end rules -->":           "<!-- rules -->\n" + rules + "<!-- end rules -->",
		"# A\n":                 "# A\n",
		"<!-- rules -->\n# A\n": "<!-- rules -->\n# A\n",
	} {
		got := string(e.TellRules([]byte(readme)))
		if got != want {
			t.Errorf("of %q: got %q", readme, got)
		}
		if again := string(e.TellRules([]byte(got))); again != got {
			t.Errorf("of %q: once more %q", readme, again)
		}
	}
}
