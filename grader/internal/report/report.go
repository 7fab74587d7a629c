// Package report writes verdicts for those who read them: people at a terminal,
// scripts, classrooms. In go judged results; out goes text to a writer. It judges
// nothing and runs nothing.
package report

import (
	"encoding/json"
	"io"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/judge"
)

// Version is the version of the JSON that WriteJSON writes. It rises when a field
// changes its meaning or goes away; new fields may come at any time.
const Version = 2

// Report is everything that one call of the grader found.
type Report struct {
	Version   int            `json:"version"`
	Course    string         `json:"course,omitempty"` // its title, where it has one
	Status    judge.Status   `json:"status"`
	Points    int            `json:"points"`
	Max       int            `json:"max"`
	Seconds   float64        `json:"seconds"`
	Tier      box.Tier       `json:"tier"`                // how strongly the programs were confined
	Stretched float64        `json:"stretched,omitempty"` // how many times limits on time were, at most: the machine is slow
	Grader    string         `json:"grader,omitempty"`    // which grader and course these are, and what they were built with
	Seed      uint64         `json:"seed"`                // that the results have in common; 0: none, each names its own
	Exercises []judge.Result `json:"exercises"`
}

// New sums results up.
func New(results []judge.Result) *Report {
	r := &Report{Version: Version, Status: judge.Pass, Exercises: results}
	rank := map[judge.Status]int{judge.Pass: 0, judge.NotChecked: 1, judge.Fail: 2, judge.Error: 3}
	for i, e := range results {
		if i == 0 || e.Seed == r.Seed {
			r.Seed = e.Seed
		} else {
			r.Seed = 0
		}
		r.Tier = max(r.Tier, e.Tier)
		r.Stretched = max(r.Stretched, e.Stretched)
		r.Points += e.Points
		r.Max += e.Max
		if rank[e.Status] > rank[r.Status] {
			r.Status = e.Status
		}
	}
	return r
}

// WriteJSON writes the report as indented JSON; see Schema. What is only for pictures is
// left out.
func (r *Report) WriteJSON(w io.Writer) error {
	bare := *r
	bare.Exercises = append([]judge.Result{}, r.Exercises...) // a list, if an empty one
	for i := range bare.Exercises {
		checks := append([]judge.Verdict{}, bare.Exercises[i].Checks...)
		for k := range checks {
			checks[k].Evidence, checks[k].Pictures = Evidence(checks[k]), nil
		}
		bare.Exercises[i].Checks = checks
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(&bare)
}
