package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/simulated"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a report with a file of testdata, which package report lays out.
func golden(t *testing.T, name string, r Report) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

// text is a failure in words, whatever it looks like.
func text(f Failure) string {
	var b strings.Builder
	fmt.Fprintln(&b, f.Title)
	for _, s := range f.Steps {
		fmt.Fprintf(&b, "%3d %s: %s %s %s %s\n", s.Number, f.Columns[s.Column].Title, s.Text, s.Site, s.Value, strings.Join(s.Notes, "; "))
	}
	for _, w := range f.Waits {
		fmt.Fprintf(&b, "%s waits at %s for %s: %s\n", f.Columns[w.Column].Title, w.Site, w.For, w.Why)
	}
	return b.String()
}

// ends wants main's number at the end of a simulated run.
func ends(n int) func(*box.Observation) Fault {
	return func(o *box.Observation) Fault {
		first, _, _ := strings.Cut(string(o.Stderr.Bytes), "\n")
		if got := strings.TrimPrefix(first, "0="); got != fmt.Sprint(n) {
			return Fault{Of: "stdout", Text: fmt.Sprintf("expected %d, seen %s", n, got)}
		}
		return Fault{}
	}
}

func exploring(t *testing.T, main func(*simulated.Proc), r Request) *Report {
	t.Helper()
	r.Budget, r.Workers = 20*time.Second, 1
	report, err := explore(context.Background(), simulated.New(main, true), r)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestFailures(t *testing.T) {
	for _, p := range programs {
		if !p.shown {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			r := exploring(t, p.main, Request{Expect: p.expect, Unordered: true})
			if len(r.Failures) == 0 {
				t.Fatalf("no failure: %s", r.Text)
			}
			golden(t, strings.ReplaceAll(p.name, " ", "_"), Report{Outcome: r.Outcome, Text: r.Text, Runs: r.Runs, Failing: r.Failing, Complete: r.Complete, Failures: r.Failures[:1]})
		})
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
			if brief := exploring(t, p.main, Request{Expect: p.expect, Unordered: true, Brief: true}); brief.Outcome != Failed || brief.Started != brief.FirstAt || len(brief.Failures) != 1 {
				t.Errorf("in brief: %s, after %d runs, the first failure in %d; %+v", brief.Text, brief.Started, brief.FirstAt, brief.Failures)
			}
			again := exploring(t, p.main, Request{Expect: p.expect, Unordered: true, Schedule: f.Schedule})
			if again.Replayed == nil || !again.Replayed.Failed || again.Replayed.Left != "" || again.Failures[0].Pattern != f.Pattern || again.Failures[0].Schedule != f.Schedule {
				t.Errorf("replayed: %+v %s", again.Replayed, again.Text)
			}
		})
	}
}
