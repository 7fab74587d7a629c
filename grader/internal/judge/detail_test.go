package judge

import (
	"reflect"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/speedup"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

// whole is a verdict of which there is everything to tell.
func whole(status Status) Verdict {
	return Verdict{
		Check: "a", Status: status, Points: 1, Max: 3, Message: "stdout: expected 7, seen 8", Kind: "the stdout is wrong", Outcome: exercise.OfStdout,
		Evidence: []Evidence{{Ran, []string{"program 7"}}}, Pictures: []Picture{{}}, Hint: "Count.", File: "main.go", Line: 7, Replay: "make replay",
		Interleavings: &explore.Report{}, Speedup: &speedup.Report{},
	}
}

// What is told of a verdict, at each level and time; what was told before never comes back.
func TestTell(t *testing.T) {
	before, after := noon.Add(-time.Hour), noon.Add(time.Hour)
	until := "; all is told from 2026-12-24 12:00 UTC"
	for name, test := range map[string]struct {
		detail, told, asked exercise.Detail
		hidden              bool
		at                  time.Time
		status              Status
		message             string // empty: everything is told
		hint                bool
	}{
		"all":                          {status: Fail},
		"a kind":                       {detail: exercise.Kinds, status: Fail, message: "the stdout is wrong", hint: true},
		"a hidden check's kind":        {detail: exercise.Kinds, hidden: true, status: Fail, message: "the stdout is wrong for an input that is not shown", hint: true},
		"nothing":                      {detail: exercise.None, hidden: true, status: Fail, message: "what is wrong is not told"},
		"not yet":                      {detail: exercise.None, at: before, status: Fail, message: "what is wrong is not told" + until},
		"from then on":                 {detail: exercise.None, at: noon, status: Fail},
		"later":                        {detail: exercise.Kinds, at: after, status: Fail},
		"less than the course says":    {asked: exercise.Kinds, status: Fail, message: "the stdout is wrong", hint: true},
		"less, whatever the time":      {asked: exercise.None, at: after, status: Fail, message: "what is wrong is not told"},
		"more than the course says":    {asked: exercise.Full, detail: exercise.None, at: before, status: Fail},
		"no more than was told before": {asked: exercise.Full, told: exercise.None, status: Fail, message: "what is wrong is not told"},
		"a pass keeps its word":        {detail: exercise.None, hidden: true, status: Pass, message: "stdout: expected 7, seen 8"},
		"a broken grader's fault":      {detail: exercise.None, hidden: true, status: Error},
	} {
		t.Run(name, func(t *testing.T) {
			v := whole(test.status)
			v.Detail, v.Told, v.Hidden = test.detail, test.told, test.hidden
			if !test.at.IsZero() {
				v.Reveal = noon
			}
			got := v.Tell(test.at, test.asked)
			if again := got.Tell(test.at, test.asked); !reflect.DeepEqual(again, got) {
				t.Errorf("told again: %+v, then %+v", got, again)
			}
			if test.message == "" {
				if !reflect.DeepEqual(got, v) {
					t.Errorf("got %+v", got)
				}
				if less := got.Tell(test.at, exercise.Kinds); test.status == Fail && less.Message == "" {
					t.Errorf("told with less afterwards: %+v", less)
				}
				return
			}
			hint := got.Hint != ""
			if test.status != Fail {
				hint = test.hint
			}
			if got.Message != test.message || hint != test.hint {
				t.Errorf("got %q, hint %q", got.Message, got.Hint)
			}
			if got.Points != 1 || got.Evidence != nil || got.Pictures != nil || got.Interleavings != nil || got.Speedup != nil || got.File != "" || got.Line != 0 || got.Replay != "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A program that does not compile is its author's alone: that is told always.
func TestTellOfBuilds(t *testing.T) {
	v := whole(Fail)
	v.Check, v.Kind = exercise.Builds, ""
	if got := v.Tell(noon, exercise.None); !reflect.DeepEqual(got, v) {
		t.Errorf("got %+v", got)
	}
}

// A verdict that was kept serves where it tells as much as is told now.
func TestTells(t *testing.T) {
	e := &exercise.Exercise{Checks: []exercise.Check{{Name: "a", Hidden: true}}}
	for _, test := range []struct {
		told, asked exercise.Detail
		revealed    bool
		want        bool
	}{
		{told: "", want: true},
		{told: exercise.Kinds, want: true},
		{told: exercise.None, want: false},
		{told: exercise.None, asked: exercise.None, want: true},
		{told: exercise.Kinds, asked: exercise.Full, want: false},
		{told: exercise.Kinds, revealed: true, want: false},
	} {
		e.Revealed = test.revealed
		if got := (Verdict{Check: "a", Told: test.told}).Tells(e, noon, test.asked); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
