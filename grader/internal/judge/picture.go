package judge

import (
	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
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

	Failure *explore.Failure `json:"failure,omitempty"` // an interleaving that fails, step by step
	Extent  string           `json:"extent,omitempty"`  // "30 of 36 interleavings fail"
	Replay  string           `json:"replay,omitempty"`  // the command that runs it again
}
