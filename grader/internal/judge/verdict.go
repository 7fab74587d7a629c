// Package judge names verdicts. In go the facts of one exercise: what was
// refused, what was built and what each script recorded; out comes a Result with
// a verdict per check, its points and its evidence. It is pure: the same facts
// give the same result, no file is opened and no process started.
package judge

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/speedup"
)

// Status is the outcome of a check.
type Status string

const (
	Pass       Status = "pass"
	Fail       Status = "fail"
	Skipped    Status = "skipped"     // a check that it depends on did not pass
	NotChecked Status = "not checked" // this machine can't tell; no points are lost
	Error      Status = "error"       // the grader broke; never the student's fault
)

// Verdict is the judgement of one check.
type Verdict struct {
	Check    string     `json:"name"`
	Of       string     `json:"of,omitempty"`    // the check of which it is a case
	Title    string     `json:"title,omitempty"` // the name in the language that was asked for, where it has one
	Status   Status     `json:"status"`
	Points   int        `json:"points"`
	Max      int        `json:"max"`
	Bonus    int        `json:"bonus,omitempty"` // points that it may add to the exercise's; Max is 0 then
	Seconds  float64    `json:"seconds"`
	Message  string     `json:"message"` // one line for a person; empty for a pass that needs no word
	Evidence []Evidence `json:"evidence,omitempty"`
	Pictures []Picture  `json:"pictures,omitempty"` // only where they were asked for, and not in a report
	Hint     string     `json:"hint,omitempty"`
	// Outcome is what a failed check fails by: the key of exercise.yaml that claims it,
	// or the name of an interleaving's mistake.
	Outcome exercise.Outcome `json:"outcome,omitempty"`
	File    string           `json:"file,omitempty"` // where in the student's files, when it is known; in a result, by its path in the student's tree
	Line    int              `json:"line,omitempty"`
	Replay  string           `json:"replay,omitempty"` // the command that shows a failing interleaving again
	Hidden  bool             `json:"hidden,omitempty"`
	// Detail is how much of a failure is told until Reveal; empty: all. Where it was told,
	// Told is how much that was, and Kind what is wrong in words that name no input.
	Detail exercise.Detail `json:"detail,omitempty"`
	Reveal time.Time       `json:"reveal,omitzero"` // zero: never
	Told   exercise.Detail `json:"told,omitempty"`
	Kind   string          `json:"kind,omitempty"`
	Cached bool            `json:"cached,omitempty"` // judged earlier, on the same files
	// Stretched is how many times limits on time were stretched, because the
	// machine was found to be slow; 0: none was.
	Stretched float64 `json:"stretched,omitempty"`

	Interleavings *explore.Report `json:"interleavings,omitempty"`
	Speedup       *speedup.Report `json:"speedup,omitempty"`
}

// Called is the check's name as people read it.
func (v Verdict) Called() string { return cmp.Or(v.Title, v.Check) }

// Together is the judgement of a check that has cases, of those among an exercise's
// verdicts that are its.
func Together(all []Verdict, check string) Verdict {
	v := Verdict{Check: check}
	var cases []Verdict
	alike := true
	for _, c := range all {
		if c.Of != check {
			continue
		}
		cases = append(cases, c)
		alike = alike && c.Status == cases[0].Status
		v.Points, v.Max, v.Bonus = v.Points+c.Points, v.Max+c.Max, v.Bonus+c.Bonus
	}
	if v.Status = sum(cases); alike && len(cases) > 0 {
		v.Status = cases[0].Status
	}
	return v
}

// Name is the check's, as people read it, or of a case what tells it from the others of its
// check.
func (v Verdict) Name() string {
	if v.Of == "" || v.Title != "" {
		return v.Called()
	}
	return strings.TrimPrefix(v.Check, exercise.CaseName(v.Of, ""))
}

// Score is what a person reads of the points; empty where there are none to be had.
func (v Verdict) Score() string {
	switch {
	case v.Bonus > 0:
		return fmt.Sprintf("bonus %d/%d", v.Points, v.Bonus)
	case v.Max > 0:
		return fmt.Sprintf("%d/%d", v.Points, v.Max)
	}
	return ""
}

// Evidence is one kind of fact that a verdict rests on.
type Evidence struct {
	Kind  Kind     `json:"kind"`
	Lines []string `json:"lines,omitempty"` // as they were seen; not escaped for a screen
}

// Kind says what an evidence is.
type Kind string

const (
	Ran       Kind = "ran"       // what was run
	Expected  Kind = "expected"  // what should have been seen
	Seen      Kind = "seen"      // what was seen instead
	Diff      Kind = "diff"      // expected (-) and seen (+), line by line
	Signals   Kind = "signals"   // which signals were sent to the program, and when
	Processes Kind = "processes" // the processes involved
	Printed   Kind = "printed"   // what a program said beside what was expected of it
	Places    Kind = "places"    // lines of the program that have to do with it
	Compiler  Kind = "compiler"  // the compiler's own words
	Refused   Kind = "refused"   // why a file was not taken
	Timeline  Kind = "timeline"  // what the processes did, step by step: the lines are a report's, made of Verdict.Shown
	Reason    Kind = "reason"    // why a figure is what it is
	Note      Kind = "note"
)

// Result is the judgement of one exercise.
type Result struct {
	Exercise   string    `json:"id"`
	Title      string    `json:"title"`
	Topic      string    `json:"topic"`
	Chapter    string    `json:"chapter,omitempty"` // its title; empty: the course has none
	Status     Status    `json:"status"`
	Points     int       `json:"points"`
	Max        int       `json:"max"`        // without what was not checked
	NotChecked int       `json:"notChecked"` // points that this machine could not decide on
	Seconds    float64   `json:"seconds"`
	Seed       uint64    `json:"seed,omitempty"`      // of what was drawn; checks that are cached may have had another
	Tier       box.Tier  `json:"tier,omitempty"`      // the weakest that a run was confined by; empty: nothing was run
	Stretched  float64   `json:"stretched,omitempty"` // of its checks that were tried now, and of its build, the most
	Takes      []string  `json:"takes,omitempty"`     // the files that it takes
	Untaken    []string  `json:"untaken,omitempty"`   // Go files beside those, which it does not
	Untouched  bool      `json:"untouched,omitempty"` // what was handed in is what the course ships, as far as that is known
	Checks     []Verdict `json:"checks"`

	Sources map[string][]byte `json:"-"` // the files that were judged, beside pictures; nil: none were asked for
}

// NotTaken says of Go files beside the work that they took no part in it; empty where
// there are none. A verdict on a program that does not build has it among its evidence.
func (r Result) NotTaken() string {
	if len(r.Untaken) == 0 {
		return ""
	}
	was := "was"
	if len(r.Untaken) > 1 {
		was = "were"
	}
	return fmt.Sprintf("%s %s not taken: this exercise takes only %s", strings.Join(r.Untaken, ", "), was, strings.Join(r.Takes, ", "))
}

// Built reports whether there was a program to check.
func (r Result) Built() bool { return len(r.Checks) > 0 && r.Checks[0].Check != exercise.Builds }

// Unchanged reports whether all that was decided was decided earlier, on the same files.
func (r Result) Unchanged() bool {
	kept := 0
	for _, v := range r.Checks {
		if v.Cached {
			kept++
		} else if v.Status != Skipped {
			return false
		}
	}
	return kept > 0
}
