//go:build !race

// The race detector would look at the grader only, and take long.

package explore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
)

// specimen is a program of testdata/interleavings.
type specimen struct {
	name, program string
	stdout        string
	outcome       Outcome
	patterns      []string // any of which names its mistake; nil: it does not fail
	says, warning string   // words that the report's text, and a warning, hold
}

// specimens builds the programs of one folder and reads their verdicts.
func specimens(t *testing.T, folder string) []specimen {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("../../../testdata/interleavings", folder))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin+string(filepath.Separator), "./...")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "verdict.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var out []specimen
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := specimen{name: filepath.Base(filepath.Dir(file)), outcome: Failed}
		s.program = filepath.Join(bin, s.name)
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch {
			case key == "stdout":
				s.stdout = value + "\n"
			case key == "says":
				s.says = value
			case key == "warning":
				s.warning = value
			case key == "verdict" && folder == "wrong":
				s.patterns = strings.Split(value, ", ")
			case key == "verdict":
				s.outcome = Outcome(value)
			default:
				t.Fatalf("%s: cannot read %q", file, line)
			}
		}
		out = append(out, s)
	}
	return out
}

// corpusBudget is far more than any of the programs needs.
const corpusBudget = 20 * time.Second

// budget is short where there is no end to come to.
func (s specimen) budget() time.Duration {
	if s.outcome == Tested || s.outcome == NotDeterministic {
		return corpusBudget / 10
	}
	return corpusBudget
}

func (s specimen) explore(t *testing.T, seed uint64, schedule string) *Report {
	t.Helper()
	r, err := Run(context.Background(), Request{
		Command: box.Command{Program: s.program, Env: []string{"PATH=/bin", "HOME=/tmp"}},
		Budget:  s.budget(), Seed: seed, Schedule: schedule, CapacityZero: s.warning != "",
		Expect: func(o *box.Observation) string {
			switch {
			case string(o.Stdout.Bytes) != s.stdout:
				return fmt.Sprintf("stdout: expected %q, seen %q", s.stdout, o.Stdout.Bytes)
			case o.Exit != box.Exit{}:
				return fmt.Sprintf("exit: expected 0, seen %d", o.Exit.Code)
			}
			return ""
		},
	})
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCorpus explores real programs: every wrong one is found, every right one
// verified. LOCKSTEP_SEEDS=20 tries that many seeds.
func TestCorpus(t *testing.T) {
	seeds := uint64(1)
	if s := os.Getenv("LOCKSTEP_SEEDS"); s != "" {
		seeds, _ = strconv.ParseUint(s, 10, 64)
	}
	begin := time.Now()
	for _, folder := range []string{"wrong", "right", "unsure"} {
		for _, s := range specimens(t, folder) {
			t.Run(folder+"/"+s.name, func(t *testing.T) {
				for seed := uint64(1); seed <= seeds; seed++ {
					r := s.explore(t, seed, "")
					t.Logf("%-36s first at %2d, %4d interleavings, %4d runs, %6v: %s", s.name, r.FirstAt, r.Runs, r.Started, r.Elapsed.Round(time.Millisecond), r.Text)
					if s.patterns == nil {
						if r.Outcome != s.outcome || !strings.Contains(r.Text, s.says) {
							t.Errorf("want %s: … %s …; got %s: %s", s.outcome, s.says, r.Outcome, r.Text)
							for _, f := range r.Failures {
								t.Logf("%s\n%s", f.Title, text(Timeline(f, r, 100, false, "")))
							}
						}
						if s.warning != "" && (len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], s.warning)) {
							t.Errorf("want a warning of %q; got %q", s.warning, r.Warnings)
						}
						continue
					}
					s.found(t, r, seed)
				}
			})
		}
	}
	t.Logf("%v", time.Since(begin).Round(time.Millisecond))
}

// found wants a wrong program to be found, named and replayed.
func (s specimen) found(t *testing.T, r *Report, seed uint64) {
	if r.Outcome != Failed || len(r.Failures) == 0 {
		t.Errorf("a wrong program: %s %s", r.Outcome, r.Text)
		return
	}
	f := r.Failures[0]
	if !slices.Contains(s.patterns, string(f.Pattern)) {
		t.Errorf("named %q, want one of %q\n%s", f.Pattern, s.patterns, text(Timeline(f, r, 100, false, "")))
	}
	if f.Pattern == detect.Hang {
		return
	}
	again := s.explore(t, seed, f.Schedule)
	if again.Replayed == nil || again.Replayed.Left != "" || len(again.Failures) != 1 {
		t.Errorf("the schedule does not fail again: %+v", again.Replayed)
	} else if g := again.Failures[0]; g.Pattern != f.Pattern || g.Stdout != f.Stdout || g.Message != f.Message {
		t.Errorf("replayed, it fails as %q with %q, not as %q with %q", g.Title, g.Stdout, f.Title, f.Stdout)
	}
}
