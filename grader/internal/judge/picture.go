package judge

import (
	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
	"lockstep/mp/trace"
)

// Picture is one run of a student's program as plain data to be drawn: what its
// processes did, and when. It proves nothing that the evidence does not say.
type Picture struct {
	Line      string             `json:"line"`                // what was run: "program 10"
	Processes []box.Process      `json:"processes,omitempty"` // as the kernel saw them
	Events    []trace.Event      `json:"events,omitempty"`    // as the program told them; none where it was not observed
	Lost      int                `json:"lost,omitempty"`      // events that were not kept
	Exceeded  *box.LimitExceeded `json:"hit,omitempty"`       // the limit that ended the run
	Again     bool               `json:"again,omitempty"`     // another run than the verdict rests on

	Failure *explore.Failure `json:"failure,omitempty"` // an interleaving that fails, step by step
	Extent  string           `json:"extent,omitempty"`  // "30 of 36 interleavings fail"
	Replay  string           `json:"replay,omitempty"`  // the command that runs it again
}

// mostFailures bounds the interleavings that are drawn of one check.
const mostFailures = 3

// pictures are a record's runs: of several runs of one line, the one that the
// verdict rests on, or else the last.
func pictures(e *exercise.Exercise, c *exercise.Check, r *script.Record) []Picture {
	var all []Picture
	if x := r.Explored; x != nil {
		for i := range x.Failures[:min(len(x.Failures), mostFailures)] {
			f := &x.Failures[i]
			all = append(all, Picture{Line: r.Line, Failure: f, Extent: x.Text, Replay: ReplayCommand(e, c, f.Schedule, x.Seed)})
		}
	}
	for i, run := range r.Runs {
		if run.Observation == nil || len(run.Observation.Processes) == 0 || !shows(r, i) {
			continue
		}
		drawn := observed(r, i)
		if drawn != nil {
			run = *drawn
		}
		all = append(all, Picture{
			Line: run.Line, Processes: run.Observation.Processes, Events: run.Events, Exceeded: run.Observation.Exceeded, Again: drawn != nil,
		})
	}
	return all
}

// observed finds the run of the same batch that was observed, which tells more.
func observed(r *script.Record, i int) *script.Execution {
	for j := i; j < len(r.Runs) && r.Runs[j].Line == r.Runs[i].Line; j++ {
		if e := r.Runs[j]; e.Drawn != nil {
			return &script.Execution{Line: e.Line, Observation: e.Drawn, Events: e.Events}
		}
	}
	return nil
}

// shows picks one run of each batch.
func shows(r *script.Record, i int) bool {
	first, last := i, i
	for first > 0 && r.Runs[first-1].Line == r.Runs[i].Line {
		first--
	}
	for last+1 < len(r.Runs) && r.Runs[last+1].Line == r.Runs[i].Line {
		last++
	}
	for _, c := range r.Claims {
		if !c.Holds && c.Run >= first && c.Run <= last {
			return c.Run == i
		}
	}
	return i == last
}
