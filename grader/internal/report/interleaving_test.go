package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

// explored are reports of package explore, by name.
func explored(t *testing.T) map[string]*explore.Report {
	t.Helper()
	files, err := filepath.Glob("../explore/testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no reports: %v", err)
	}
	all := map[string]*explore.Report{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := new(explore.Report)
		if err := json.Unmarshal(text, r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = r
	}
	return all
}

func TestInterleavings(t *testing.T) {
	for name, r := range explored(t) {
		var b strings.Builder
		for _, width := range []int{100, 60} {
			fmt.Fprintf(&b, "-- %d wide\n", width)
			for _, line := range Interleaving(&r.Failures[0], r, width, "make replay") {
				fmt.Fprintln(&b, strings.TrimRight(line, " "))
			}
		}
		golden(t, filepath.Join("interleavings", name+".txt"), []byte(b.String()))
	}
}

func TestInterleavingsKeepTheirWidth(t *testing.T) {
	for name, r := range explored(t) {
		for i := range r.Failures[0].Steps {
			r.Failures[0].Steps[i].Matters = true
		}
		for width := 60; width < 130; width += 7 {
			for _, line := range Interleaving(&r.Failures[0], r, width, "")[1:] { // below the title
				if n := length(strings.TrimRight(line, " ")); n > width {
					t.Errorf("%s: %d characters where %d are wanted: %q", name, n, width, line)
				}
			}
		}
	}
}

// TestEvidenceHoldsTheInterleaving wants it in every format that has lines, whichever
// report it stands in, and nothing where there is none.
func TestEvidenceHoldsTheInterleaving(t *testing.T) {
	f := lost().Failure
	for name, test := range map[string]struct {
		report *explore.Report
		want   string
	}{
		"a failure":    {&explore.Report{Failures: []explore.Failure{*f}}, "overwrites step 6"},
		"a time limit": {&explore.Report{Reliance: f}, "overwrites step 6"},
		"none":         {&explore.Report{}, ""},
		"unexplored":   {nil, ""},
	} {
		v := judge.Verdict{Evidence: []judge.Evidence{{Kind: judge.Ran, Lines: []string{"program"}}, {Kind: judge.Timeline}}, Interleavings: test.report}
		got := Evidence(v)
		if len(got) != 2 || len(got[0].Lines) != 1 || !strings.Contains(strings.Join(got[1].Lines, "\n"), test.want) || (len(got[1].Lines) == 0) != (test.want == "") {
			t.Errorf("%s: %+v", name, got)
		}
		if v.Evidence[1].Lines != nil {
			t.Errorf("%s: the verdict has changed", name)
		}
		if !strings.Contains(plain(v, extent{bytes: maxPlainBytes, more: inTheLog}), test.want) {
			t.Errorf("%s: %s", name, plain(v, extent{bytes: maxPlainBytes, more: inTheLog}))
		}
	}
}

func TestColours(t *testing.T) {
	lines := []string{"+1", "-1"}
	of := func(v judge.Verdict) string {
		var b strings.Builder
		term := NewTerminal(&b, Style{Color: true})
		term.check(v)
		term.Flush()
		return b.String()
	}
	seen := of(judge.Verdict{Status: judge.Fail, Evidence: []judge.Evidence{{Kind: judge.Seen, Lines: lines}}})
	if strings.Contains(seen, "\x1b[31m+1") || strings.Contains(seen, "\x1b[32m-1") {
		t.Errorf("what a program printed is no diff: %q", seen)
	}
	diff := of(judge.Verdict{Status: judge.Fail, Evidence: []judge.Evidence{{Kind: judge.Diff, Lines: lines}}})
	if !strings.Contains(diff, "\x1b[31m+1") || !strings.Contains(diff, "\x1b[32m-1") {
		t.Errorf("a diff: %q", diff)
	}
	shown := of(judge.Verdict{
		Status: judge.Fail, Evidence: []judge.Evidence{{Kind: judge.Timeline}}, Replay: "make replay",
		Interleavings: &explore.Report{Failures: []explore.Failure{*lost().Failure}},
	})
	for _, want := range []string{"\x1b[1mLOST UPDATE: expected 2, got 1\x1b[", "\x1b[31;1mSet(1)", "\x1b[2mmain.go:16", "\x1b[36mmake replay"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in %q", want, shown)
		}
	}
}
