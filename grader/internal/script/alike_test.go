package script

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// TestRunsLookAlike runs a program that prints whatever it finds out about how it is
// run, in every way in which programs are run. It must print the same.
func TestRunsLookAlike(t *testing.T) {
	program := filepath.Join(t.TempDir(), "alike")
	if said, err := exec.Command("go", "build", "-o", program, "./testdata/alike").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, tier := range []box.Tier{box.TierA, box.TierB, box.TierC, box.TierD} {
		t.Run(string(tier), func(t *testing.T) {
			boxes := &box.Boxes{}
			defer boxes.Close()
			c := &call{state: &state{request: Request{Tier: tier, Boxes: boxes}}, Call: &exercise.Call{Env: []string{"SEEN=1"}}}
			command := func() box.Command {
				return c.command(program, []string{"one", "two"})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			plain, err := c.run(ctx, command())
			if err != nil {
				t.Skipf("there is no such tier here: %v", err)
			}
			same := func(how string, seen *box.Observation, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				differ(t, how, string(plain.Stdout.Bytes), string(seen.Stdout.Bytes))
			}
			again, err := c.run(ctx, command())
			same("run again", again, err)
			observed, events, err := control.Observe(ctx, command())
			same("observed", observed, err)
			if len(events) == 0 {
				t.Error("nothing was observed")
			}
			for how, watched := range map[string]bool{"held": false, "held and watched": true} {
				p, err := control.New(command(), watched)
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				for n := range 2 {
					e, _, err := search.Follow(ctx, p, model.Options{Ordered: true}, nil, nil)
					if err != nil || e.Ending != search.Ended {
						t.Fatalf("%s: %v %+v", how, err, e)
					}
					if n > 0 && !watched {
						// A box that does not watch shows that it does not. The first run is made
						// in one that does, and compared with what comes after.
						e.Observed.Stdout.Bytes = apart(e.Observed.Stdout.Bytes)
						differ(t, how+" again", string(apart(plain.Stdout.Bytes)), string(e.Observed.Stdout.Bytes))
						continue
					}
					same(how, e.Observed, err)
				}
			}
			race := command()
			raced(&race)
			seen, err := c.run(ctx, race)
			same("under the race detector", seen, err)
		})
	}
}

// apart leaves out what shows how a box watches.
func apart(text []byte) []byte {
	var out []string
	for l := range strings.Lines(string(text)) {
		if !strings.Contains(l, "status TracerPid: ") && !strings.Contains(l, ": cgroup ") && !strings.Contains(l, "Max processes") {
			out = append(out, l)
		}
	}
	return []byte(strings.Join(out, ""))
}

func differ(t *testing.T, how, one, two string) {
	t.Helper()
	if !strings.Contains(one, "child: argv") {
		t.Fatalf("it printed %q", one)
	}
	a, b := strings.Split(one, "\n"), strings.Split(two, "\n")
	for _, l := range a {
		if !slices.Contains(b, l) {
			t.Errorf("%s: - %s", how, l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			t.Errorf("%s: + %s", how, l)
		}
	}
}
