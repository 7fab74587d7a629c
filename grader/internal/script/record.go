// Package script is the testscript adapter. In goes a check's script and the
// programs that were built for it; out comes a Record: every run of the program
// and every claim about it, in order, with the facts on both sides. The scripts
// are run by testscript.RunT, and a student's program is started only by the
// commands of this package, which go through the box; testscript's own exec is
// refused (it waits for leaked grandchildren, kills only the leader and bounds
// nothing). Whether a record is a pass is not said here.
package script

import (
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/fixture"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// Record is what one script did.
type Record struct {
	Runs     []Execution // every run of the student's program
	Claims   []Claim     // every claim that was tried, in order
	Line     string      // what an exploration ran, as the script wrote it
	Explored *explore.Report
	Speedup  *speedup.Report
	Held     *explore.Report // of a run that did not end: who waits for what; nil where nothing was found
	Broken   error           // the grader, the box or the script itself broke; nobody's fault but ours
	Unseen   string          // why this machine can't tell; the check was not tried to its end
	Untold   string          // of an exploration, what is not known of a run in which nothing was wrong
	Elapsed  time.Duration   // real time
	// Stretched is how many times limits on time were stretched, because the
	// machine is slow; 0: none was.
	Stretched float64
}

// Execution is one run of the student's program.
type Execution struct {
	Line        string // as the script wrote it: "program 10"
	Observation *box.Observation
	Requests    []fixture.Request // what it asked the fixture, where there was one
	Forced      []string          // which orders of file steps were forced on it, a sentence each
	Races       []Race            // between goroutines, where the race detector looked

	Drawn  *box.Observation // another run of the same line, observed for a picture; may be nil
	Events []trace.Event    // what the processes of that run told
}

// Claim is one expectation beside what was seen.
type Claim struct {
	Subject string           // "exit", "stdout", "stderr", "processes", "memory", "races", "requests", "ended", "dialogue"
	Outcome exercise.Outcome // what fails where it does not hold
	Holds   bool
	Want    string // printed for a person
	Got     string
	Detail  []string // the evidence: one fact a line
	Said    []string // what the program printed beside, as far as it may explain
	Run     int      // index into Record.Runs
	Whole   bool     // Want and Got are whole texts to be compared line by line
	Unseen  bool     // the machine can't tell
	Places  []Place  // lines of the program that have to do with it, where it does not hold
	// Obstacle is what the program does that keeps the grader from telling; empty
	// where nothing does.
	Obstacle explore.Obstacle
}
