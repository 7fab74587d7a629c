package doctor

import (
	"strings"
	"testing"

	"lockstep/grader/internal/box"
)

func TestDiagnose(t *testing.T) {
	works := func(tier box.Tier, unseen ...string) box.Offer {
		return box.Offer{Tier: tier, Works: true, Unseen: unseen}
	}
	no := func(tier box.Tier) box.Offer {
		return box.Offer{Tier: tier, Why: "no " + string(tier), Advice: "get " + string(tier)}
	}
	tests := map[string]struct {
		offers []box.Offer
		least  box.Tier
		tier   box.Tier
		enough bool
		says   []string
		not    []string
	}{
		"everything": {
			[]box.Offer{works(box.TierA), works(box.TierB), works(box.TierC), works(box.TierD)}, box.TierA, box.TierA, true,
			[]string{"Programs run in tier A"}, []string{"does not work", "less than"},
		},
		"no root": {
			[]box.Offer{no(box.TierA), works(box.TierB), works(box.TierC), works(box.TierD)}, box.TierB, box.TierB, true,
			[]string{"Programs run in tier B", "Tier A does not work: no A", "To get it: get A"}, []string{"Tier C", "less than"},
		},
		"only the last": {
			[]box.Offer{no(box.TierA), no(box.TierB), no(box.TierC), works(box.TierD, "short-lived processes")}, box.TierB, box.TierD, false,
			[]string{"Programs run in tier D", "can't tell short-lived processes", "Tier C does not work: no C", "less than tier B"}, nil,
		},
		"no memory": {
			[]box.Offer{no(box.TierA), no(box.TierB), no(box.TierC), {Tier: box.TierD, Works: true, Uncounted: "nobody adds it up"}}, box.TierD, box.TierD, true,
			[]string{"Programs run in tier D", "Memory is not bounded"}, []string{"Memory is added up", "never seen at work"},
		},
		"one cause": {
			[]box.Offer{{Tier: box.TierA, Why: "too few", Advice: "get A"}, {Tier: box.TierB, Why: "too few", Advice: "get B"}}, box.TierD, "", false,
			[]string{"No program can be run here", ": too few\n"}, []string{"get A", "Tier A", "get B"},
		},
		"nothing": {
			[]box.Offer{no(box.TierA), no(box.TierB), no(box.TierC), no(box.TierD)}, box.TierD, "", false,
			[]string{"No program can be confined here", "less than tier D"}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := diagnose(test.offers, test.least)
			var b strings.Builder
			d.Write(&b)
			if d.Tier != test.tier || d.Enough != test.enough {
				t.Errorf("got tier %q, enough: %v", d.Tier, d.Enough)
			}
			for _, words := range test.says {
				if !strings.Contains(b.String(), words) {
					t.Errorf("does not say %q:\n%s", words, &b)
				}
			}
			for _, words := range test.not {
				if strings.Contains(b.String(), words) {
					t.Errorf("says %q:\n%s", words, &b)
				}
			}
		})
	}
}

func TestASystemThatWasNeverTriedSaysSo(t *testing.T) {
	d := diagnose([]box.Offer{{Tier: box.TierD, Works: true}}, box.TierD)
	d.Untried = true
	var b strings.Builder
	d.Write(&b)
	if !strings.Contains(b.String(), "was never seen at work on "+d.System) {
		t.Errorf("says\n%s", &b)
	}
}

func TestATierInWhichNothingCanBeGradedIsNotEnough(t *testing.T) {
	for outcome, test := range map[string]struct {
		enough bool
		says   string
	}{
		"passed":    {true, "A small exercise was built, run and explored"},
		"failed":    {false, "NOTHING CAN BE GRADED in it. A small exercise was tried: no room"},
		"not tried": {true, "was not tried: no room"},
	} {
		d := diagnose([]box.Offer{{Tier: box.TierA, Works: true}}, box.TierB)
		d.took(canary{outcome, "no room"})
		var b strings.Builder
		d.Write(&b)
		if d.Enough != test.enough || !strings.Contains(b.String(), test.says) || strings.Contains(b.String(), "less than") {
			t.Errorf("%s: enough: %v; says\n%s", outcome, d.Enough, &b)
		}
	}
}

func TestWithoutTheRaceDetectorSaysSo(t *testing.T) {
	d := diagnose([]box.Offer{{Tier: box.TierA, Works: true}}, box.TierB)
	d.NoRaces = "no compiler"
	var b strings.Builder
	d.Write(&b)
	if !d.Enough || !strings.Contains(b.String(), `Checks with goroutine_races are "not checked": no compiler.`) {
		t.Errorf("enough: %v; says\n%s", d.Enough, &b)
	}
}

func TestWhyNamesOnlyWhatIsRequiredAndFailed(t *testing.T) {
	offers := []box.Offer{{Tier: box.TierA, Why: "no root"}, {Tier: box.TierB, Works: true}, {Tier: box.TierC, Why: "no Landlock"}}
	if got := why(offers, box.TierB); got != "tier A: no root\n" {
		t.Errorf("got %q", got)
	}
	if !weaker(box.TierD, box.TierC) || weaker(box.TierA, box.TierA) || weaker(box.TierA, box.TierB) {
		t.Error("the order of tiers is wrong")
	}
}
