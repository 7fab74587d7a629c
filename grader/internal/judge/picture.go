package judge

import (
	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// Picture is one run of a student's program as plain data to be drawn: what its
// processes did, and when. It proves nothing that the evidence does not say.
type Picture struct {
	Line      string        `json:"line"`                // what was run: "program 10"
	Processes []box.Process `json:"processes,omitempty"` // as the kernel saw them
	Events    []trace.Event `json:"events,omitempty"`    // as the program told them; none where it was not observed
	Lost      int           `json:"lost,omitempty"`      // events that were not kept
	Hit       *box.Hit      `json:"hit,omitempty"`       // the limit that ended the run

	Interleaving *Interleaving `json:"interleaving,omitempty"`
}

// Interleaving is one order in which the operations of several processes ran,
// one step after the other, a column for each process.
type Interleaving struct {
	Pattern string   `json:"pattern"` // "lost update"
	Summary string   `json:"summary"` // "expected 3, got 2"
	Extent  string   `json:"extent"`  // "30 of 36 interleavings fail"
	Columns []string `json:"columns"` // a process each
	Watched string   `json:"watched"` // what the last column shows: "counter"; empty: there is none
	Steps   []Step   `json:"steps"`
	Replay  string   `json:"replay"` // the command that runs this order again
}

// Step is one operation in an interleaving.
type Step struct {
	Number   int        `json:"number"` // in the whole run; steps that do not matter are left out
	Column   int        `json:"column"`
	Text     string     `json:"text"` // "Get() = 0"
	Site     trace.Site `json:"site"`
	Value    string     `json:"value,omitempty"` // of what is watched, afterwards
	Note     string     `json:"note,omitempty"`  // "overwrites step 6"
	Conflict bool       `json:"conflict,omitempty"`
}
