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
	"regexp"
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
	source        []byte
	stdout        string
	lines         []string // instead: lines in any order
	wall          time.Duration
	outcome       Outcome
	patterns      []string // any of which names its mistake; nil: it does not fail
	all           bool     // every failing schedule is wanted
	says, warning string   // words that the report's text or a failure's timeline, and a warning, hold
	deaths        int      // how many processes may be killed
	zero          bool     // the warning is of the pass in which pipes hold nothing
}

// specimens builds the programs of one folder, or the first of every so many, and reads
// their verdicts.
func specimens(t *testing.T, folder string, every int) []specimen {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("../../../testdata/interleavings", folder))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "verdict.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin+string(filepath.Separator))
	build.Dir = root
	var out []specimen
	for i, file := range files {
		if i%every != 0 {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := specimen{name: filepath.Base(filepath.Dir(file)), outcome: Failed}
		s.program = filepath.Join(bin, s.name)
		build.Args = append(build.Args, "./"+s.name)
		if s.source, err = os.ReadFile(filepath.Join(filepath.Dir(file), "main.go")); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch {
			case key == "stdout":
				s.stdout = value + "\n"
			case key == "says":
				s.says = value
			case key == "lines":
				s.lines = slices.Sorted(strings.SplitSeq(value, "|"))
			case key == "deaths":
				s.deaths, _ = strconv.Atoi(value)
			case key == "wall":
				if s.wall, err = time.ParseDuration(value); err != nil {
					t.Fatal(err)
				}
			case key == "warning":
				s.warning, s.zero = value, true
			case key == "warned":
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
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, said)
	}
	return out
}

// corpusBudget is more than a wrong program needs.
const corpusBudget = 12 * time.Second

// budget is short where there is no end to come to, and of no matter where there is one.
func (s specimen) budget() time.Duration {
	switch s.outcome {
	case Verified:
		return 10 * corpusBudget
	case NotDeterministic:
		return corpusBudget / 10
	case Tested:
		return corpusBudget / 4
	case NotExplored:
		return corpusBudget / 2
	}
	return corpusBudget
}

func (s specimen) explore(t *testing.T, seed uint64, schedule string) *Report {
	t.Helper()
	r, err := Run(context.Background(), Request{
		Command: box.Command{Program: s.program, Env: []string{"PATH=/bin", "HOME=/tmp"}, Limits: box.Limits{Wall: s.wall}},
		Sources: map[string][]byte{"main.go": s.source},
		Budget:  s.budget(), Seed: seed, Schedule: schedule, Deaths: s.deaths, CapacityZero: s.zero, All: s.all, Unordered: s.lines != nil,
		Expect: func(o *box.Observation) Fault {
			switch {
			case s.lines != nil:
				if seen := slices.Sorted(strings.SplitSeq(strings.TrimSuffix(string(o.Stdout.Bytes), "\n"), "\n")); !slices.Equal(seen, s.lines) {
					return Fault{Of: "stdout", Text: fmt.Sprintf("expected the lines %q, seen %q", s.lines, seen)}
				}
			case string(o.Stdout.Bytes) != s.stdout:
				return Fault{Of: "stdout", Text: fmt.Sprintf("expected %q, seen %q", s.stdout, o.Stdout.Bytes)}
			case o.Exit != box.Exit{}:
				return Fault{Of: "exit", Text: fmt.Sprintf("expected 0, seen %d", o.Exit.Code)}
			}
			return Fault{}
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
	every := 1
	if testing.Short() {
		every = 4
	}
	begin := time.Now()
	for _, folder := range []string{"wrong", "right", "unsure"} {
		for _, s := range specimens(t, folder, every) {
			t.Run(folder+"/"+s.name, func(t *testing.T) {
				var first, runs, took []int
				defer func() {
					t.Logf("%-32s first failure in run %-7s  runs %-11s  %9s ms  %s", s.name, between(first), between(runs), between(took), s.verdict())
				}()
				for seed := uint64(1); seed <= seeds; seed++ {
					r := s.explore(t, seed, "")
					first, runs, took = append(first, r.FirstAt), append(runs, r.Started), append(took, int(1000*r.Seconds))
					if s.patterns == nil {
						if r.Outcome != s.outcome || !strings.Contains(r.Text, s.says) {
							t.Errorf("want %s: … %s …; got %s: %s", s.outcome, s.says, r.Outcome, r.Text)
							for _, f := range r.Failures {
								t.Log(text(f))
							}
						}
						if s.warning != "" && (len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], s.warning)) {
							t.Errorf("want a warning of %q; got %q", s.warning, r.Warnings)
						}
						if r.Outcome == TimeLimit {
							s.again(t, r.Reliance, seed)
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

// between is the least and the most of some numbers; nothing where they are zero.
func between(all []int) string {
	least, most := slices.Min(all), slices.Max(all)
	switch {
	case most == 0:
		return "-"
	case least == most:
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d–%d", least, most)
}

// verdict is what the program must get, in words.
func (s specimen) verdict() string {
	if s.patterns == nil {
		return string(s.outcome)
	}
	return strings.Join(s.patterns, " or ")
}

// TestFailingSchedulesAreReplayed runs failing schedules again, all of them
// different: each must fail in the same way, step by step, and print the same bytes.
// LOCKSTEP_REPLAYS says how many there must be at least.
func TestFailingSchedulesAreReplayed(t *testing.T) {
	want, _ := strconv.Atoi(os.Getenv("LOCKSTEP_REPLAYS"))
	if want == 0 {
		t.Skip("make replays does it")
	}
	const most = 8 // of one program
	schedules, programs := 0, 0
	for _, s := range specimens(t, "wrong", 1) {
		s.all = true
		found := s.explore(t, 1, "")
		s.all = false
		n := 0
		for _, f := range found.Failures {
			if n == most || f.Pattern == detect.Hang {
				continue
			}
			n++
			s.replays(t, &f)
		}
		t.Logf("%-36s %d failing schedules replayed", s.name, n)
		schedules += n
		programs += min(n, 1)
	}
	if !t.Failed() {
		t.Logf("%d different failing schedules of %d programs: each failed again, the same way, with the same bytes on stdout", schedules, programs)
	}
	if schedules < want {
		t.Errorf("only %d failing schedules, want %d", schedules, want)
	}
}

// numbered is a process as the kernel counts it, which is new in each run.
var numbered = regexp.MustCompile(`pid \d+`)

// replays wants a failure to come again.
func (s specimen) replays(t *testing.T, f *Failure) {
	t.Helper()
	again := s.explore(t, 1, f.Schedule)
	if p := again.Replayed; p == nil || p.Left != "" || p.Steps != p.Of || len(again.Failures) != 1 {
		t.Errorf("%s: %s does not fail again: %+v", s.name, f.Schedule, again.Replayed)
		return
	}
	g := again.Failures[0]
	same := func(a, b Step) bool {
		return a.Column == b.Column && numbered.ReplaceAllString(a.Text, "pid") == numbered.ReplaceAllString(b.Text, "pid") && a.Object == b.Object && a.Site == b.Site && a.Value == b.Value
	}
	if g.Pattern != f.Pattern || g.Message != f.Message || g.Stdout != f.Stdout || g.Schedule != f.Schedule || !slices.EqualFunc(g.Steps, f.Steps, same) {
		t.Errorf("%s: %s fails as %q with %q, not as %q with %q", s.name, f.Schedule, g.Title, g.Stdout, f.Title, f.Stdout)
	}
}

// found wants a wrong program to be found, named and replayed.
func (s specimen) found(t *testing.T, r *Report, seed uint64) {
	if r.Outcome != Failed || len(r.Failures) == 0 {
		t.Errorf("a wrong program: %s %s", r.Outcome, r.Text)
		return
	}
	f := r.Failures[0]
	if !slices.Contains(s.patterns, string(f.Pattern)) {
		t.Errorf("named %q, want one of %q\n%s", f.Pattern, s.patterns, text(f))
	}
	if f.Pattern == detect.Hang {
		return
	}
	shown := text(f)
	if !strings.Contains(shown, s.says) {
		t.Errorf("want the words %q; got\n%s", s.says, shown)
	}
	s.again(t, &f, seed)
}

// again wants a failure's schedule to fail in the same way.
func (s specimen) again(t *testing.T, f *Failure, seed uint64) {
	again := s.explore(t, seed, f.Schedule)
	if again.Replayed == nil || again.Replayed.Left != "" || len(again.Failures) != 1 {
		t.Errorf("the schedule does not fail again: %+v", again.Replayed)
	} else if g := again.Failures[0]; g.Pattern != f.Pattern || g.Stdout != f.Stdout || g.Message != f.Message {
		t.Errorf("replayed, it fails as %q with %q, not as %q with %q", g.Title, g.Stdout, f.Title, f.Stdout)
	}
}
