package explore

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/modelled"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

func text(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	return b.String()
}

// ends wants main's number at the end of a modelled run.
func ends(n int) func(*box.Observation) string {
	return func(o *box.Observation) string {
		first, _, _ := strings.Cut(string(o.Stderr.Bytes), "\n")
		if got := strings.TrimPrefix(first, "0="); got != fmt.Sprint(n) {
			return fmt.Sprintf("stdout: expected %d, seen %s", n, got)
		}
		return ""
	}
}

func exploring(t *testing.T, main func(*modelled.Proc), r Request) *Report {
	t.Helper()
	r.Budget, r.Workers = 20*time.Second, 1
	report, err := explore(context.Background(), modelled.New(main, true), r)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestFailuresAreShown(t *testing.T) {
	for _, p := range programs {
		if !p.shown {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			r := exploring(t, p.main, Request{Expect: p.expect, Unordered: true})
			if len(r.Failures) == 0 {
				t.Fatalf("no failure: %s", r.Text)
			}
			var b strings.Builder
			for _, width := range []int{100, 60} {
				fmt.Fprintf(&b, "-- %d wide\n%s", width, text(Timeline(r.Failures[0], r, width, false, "make replay")))
			}
			golden(t, strings.ReplaceAll(p.name, " ", "_"), b.String())
		})
	}
}

func TestTimelinesKeepTheirWidth(t *testing.T) {
	for _, p := range programs {
		if !p.shown {
			continue
		}
		r := exploring(t, p.main, Request{Expect: p.expect, Unordered: true})
		for _, f := range r.Failures {
			for width := 60; width < 130; width += 7 {
				for _, all := range []bool{false, true} {
					for _, l := range Timeline(f, r, width, all, "") {
						if n := length(strings.TrimRight(l.String(), " ")); n > width && l[0].Mark != Title {
							t.Errorf("%s: %d characters where %d are wanted: %q", p.name, n, width, l)
						}
					}
				}
			}
		}
	}
}

// TestModelledPrograms explores every program of the reference's list.
func TestModelledPrograms(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			r := exploring(t, p.main, Request{Expect: p.expect, Unordered: true})
			t.Logf("%s; the first failure is run %d; %d runs in all, %.3f s", r.Text, r.FirstAt, r.Started, r.Seconds)
			if p.patterns == nil {
				if r.Outcome != Verified || len(r.Failures)+len(r.Findings) > 0 {
					t.Errorf("a correct program: %s, %s %+v", r.Outcome, r.Text, r.Failures)
				}
				return
			}
			if r.Outcome != Failed {
				t.Fatalf("a wrong program: %s, %s", r.Outcome, r.Text)
			}
			f := r.Failures[0]
			named := false
			for _, want := range p.patterns {
				named = named || f.Pattern == want
			}
			if !named {
				t.Errorf("named %q (%s), want one of %q", f.Pattern, f.Message, p.patterns)
			}
			if f.Pattern == detect.LostUpdate && (len(r.Findings) == 0 || !r.Findings[0].Confirmed) {
				t.Errorf("not foreseen by the runs that were right: %+v", r.Findings)
			}
			if r.FirstAt > 14 {
				t.Errorf("found in run %d only", r.FirstAt)
			}
			again := exploring(t, p.main, Request{Expect: p.expect, Unordered: true, Schedule: f.Schedule})
			if again.Replayed == nil || !again.Replayed.Failed || again.Replayed.Left != "" || again.Failures[0].Pattern != f.Pattern || again.Failures[0].Schedule != f.Schedule {
				t.Errorf("replayed: %+v %s", again.Replayed, again.Text)
			}
		})
	}
}
