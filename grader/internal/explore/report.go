package explore

import (
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Report is the outcome of an exploration. It is plain data.
type Report struct {
	Outcome Outcome `json:"outcome"`
	Text    string  `json:"text"` // the outcome for a person: "verified: all 36 interleavings"

	Runs     int      `json:"runs"`               // that were told apart and came to an end, failing ones too
	Merged   int      `json:"merged,omitempty"`   // that were told apart and came to where another had been, with nothing different left to happen
	Failing  int      `json:"failing"`            // of Runs
	Share    float64  `json:"share"`              // Failing / Runs of the search that looked for more than the first failure
	Estimate float64  `json:"estimate"`           // about how many interleavings there are at least; equal to Runs and Merged when exhausted
	Most     float64  `json:"most,omitempty"`     // … and at most, of what processes were seen to do; 0: not known
	Complete bool     `json:"complete"`           // every interleaving was run
	Obstacle Obstacle `json:"obstacle,omitempty"` // what the program does that kept it from being explored
	Started  int      `json:"started"`            // runs in all: repeated, cut short and minimising ones too
	FirstAt  int      `json:"firstAt,omitempty"`  // the run that failed first, from 1

	Failures   []Failure   `json:"failures,omitempty"` // one of each kind, the easiest to understand first
	Reliance   *Failure    `json:"reliance,omitempty"` // of TimeLimit: a run that is wrong only because a wait was over before what it waits for came
	Findings   []Finding   `json:"findings,omitempty"` // what may go wrong, as seen in runs that went right
	Difference *Difference `json:"difference,omitempty"`
	Warnings   []string    `json:"warnings,omitempty"` // capacity zero and the like: for a person, never a failure
	Replayed   *Replay     `json:"replayed,omitempty"` // only for a Request with a Schedule
	Means      string      `json:"means"`              // what "verified" does and does not say
	Program    string      `json:"program"`            // hash of the executable, which schedules belong to
	Seed       uint64      `json:"seed"`               // as asked for
	Seconds    float64     `json:"seconds"`
}

// Outcome sums an exploration up.
type Outcome string

const (
	Verified         Outcome = "verified"          // every interleaving was run, and none fails
	Tested           Outcome = "tested"            // some were run, and none fails
	Failed           Outcome = "failed"            // at least one fails
	TimeLimit        Outcome = "time limit"        // none fails as long as the program's time limits are long enough, which nothing says
	NotDeterministic Outcome = "not deterministic" // some were run, none fails, and the same schedule does not always give the same run
	NotExplored      Outcome = "not explored"      // none fails, and nothing is known of the interleavings: Text says why
)

// Obstacle is something that a program does and that schedules can't govern; package
// model has them all.
type Obstacle = model.Obstacle

// Unfit is the error of a program that has one.
type Unfit = model.Unfit

const (
	Goroutines = model.Goroutines
	Processes  = model.Processes
	Foreigners = model.Foreigners
	Elsewhere  = model.Elsewhere
)

// Failure is one way in which the program goes wrong.
type Failure struct {
	Pattern Pattern `json:"pattern"`
	Title   string  `json:"title"`   // one line: "lost update: expected 3, got 2"
	Message string  `json:"message"` // what Expect said, or what the processes wait for

	// What Expect said is of; empty: the processes do not come to an end.
	Outcome exercise.Outcome `json:"outcome,omitempty"`

	Schedule string `json:"schedule"` // replays it
	Switches int    `json:"switches"` // how often a process was stopped that could have gone on
	Count    int    `json:"count"`    // failing runs of this kind

	// The number of the step from which on every interleaving fails; 0: not known, or the
	// first, or none before the last.
	Inevitable int `json:"inevitable,omitempty"`

	Columns []Column `json:"columns,omitempty"` // the processes, in the order in which they were started
	Steps   []Step   `json:"steps,omitempty"`   // every step, in order
	Waits   []Wait   `json:"waits,omitempty"`
	Stdout  string   `json:"stdout"`
	Stderr  string   `json:"stderr,omitempty"`
	Exit    int      `json:"exit"` // of the first process; -1 when it did not end by itself
}

// Column is one process of a run.
type Column struct {
	Proc  string `json:"proc"`  // "0.2"
	Title string `json:"title"` // "worker-2", or "main"
}

// Step is one operation of one process.
type Step struct {
	Number   int        `json:"number"` // from 1
	Column   int        `json:"column"` // index into Columns
	Kind     trace.Kind `json:"kind"`
	Object   string     `json:"object,omitempty"` // its identity
	Name     string     `json:"name,omitempty"`   // what the source calls it
	Text     string     `json:"text"`             // "Get() = 0"
	Site     trace.Site `json:"site"`
	Value    string     `json:"value,omitempty"`    // what the object holds afterwards, where that can be said
	Saw      int        `json:"saw,omitempty"`      // the step whose write was read; 0: the initial value
	Switch   bool       `json:"switch,omitempty"`   // another process ran before, and could have gone on
	Matters  bool       `json:"matters,omitempty"`  // worth showing
	Repeated int        `json:"repeated,omitempty"` // of a loop that waits: how many more times it went round
	Notes    []string   `json:"notes,omitempty"`    // "overwrites step 6"
	With     []int      `json:"with,omitempty"`     // numbers of the steps that they speak of
	Undoes   int        `json:"undoes,omitempty"`   // number of the write that this one overwrites unseen; 0: none
}

// Wait is a process that can never go on.
type Wait struct {
	Column int        `json:"column"`
	For    string     `json:"for"`          // "lock forks[1]"
	Why    string     `json:"why"`          // "held by worker-2 since main.go:12", "nobody is left to send"
	On     []int      `json:"on,omitempty"` // columns of the processes that it waits for
	Site   trace.Site `json:"site"`
}

// Pattern names a known mistake; package detect has them all.
type Pattern = detect.Pattern

// Finding is something dangerous that a run showed without failing by it.
type Finding struct {
	Pattern   Pattern      `json:"pattern"` // detect.LostUpdate, detect.CheckThenAct or detect.DataRace
	Text      string       `json:"text"`
	Object    string       `json:"object"`
	Sites     []trace.Site `json:"sites,omitempty"`
	Confirmed bool         `json:"confirmed"` // a failing run shows it
}

// Difference is where two runs under one schedule went different ways.
type Difference struct {
	Column Column     `json:"column"`
	Op     int        `json:"op"` // counts the operations of that process, from 1
	First  string     `json:"first"`
	Second string     `json:"second"`
	Site   trace.Site `json:"site"`
}

// Replay says how far a schedule could be followed.
type Replay struct {
	Steps  int    `json:"steps"`        // that were made as the schedule says
	Of     int    `json:"of"`           // steps of the schedule
	At     int    `json:"at,omitempty"` // its step, from 1, at which it was left
	Left   string `json:"left"`         // why: "worker-2 has ended"; empty: it was followed to its end
	Failed bool   `json:"failed"`       // the run fails; it is Failures[0]
}
