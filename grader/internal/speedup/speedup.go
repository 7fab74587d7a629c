// Package speedup decides whether a parallel program is as much faster than the
// course's serial reference as a machine allows. In goes a Request: a Runner that
// can run the two programs and probe the machine. Out comes a Report: a status, the
// figures behind it and reasons with source lines. The package starts no process and
// reads no clock of its own: the same samples always give the same report.
//
// Two measurements are made, because each is blind where the other sees. The logical
// figure replays the program's own events on as many cores as it has workers, which
// needs no idle machine: they come from a run by a clock of its own, if the program can
// be held at its operations, so that who took which part of the work says something of
// the program and not of the machine. The times of interleaved runs are compared with what the
// machine could give at that moment, which needs no events. One rule brings them
// together:
//
//   - The logical figure decides, unless the times clearly contradict it; then they do.
//     Where it can't tell, clear times decide.
//   - Times are clear when so many pairs of runs in a row lie on one side, and slow ones
//     only when the reference's own parallel form was faster at the same moments.
//   - What neither can tell is not checked.
//
// Starting processes takes time, on some machines much. So no more is wanted than most
// of what the reference's own parallel form reaches on this machine by the same figure.
//
// A fault, another output and work that is left out fail before that, and so does a
// program without events of which no two processes at work were ever alive at once.
package speedup

import (
	"context"
	"time"

	"lockstep/mp/trace"
)

// Request is one speed-up check.
type Request struct {
	Runner  Runner
	Workers int           // processes that share the work
	AtLeast float64       // share of what min(Workers, capacity) allows, above 0 and at most 1
	Budget  time.Duration // how long to go on measuring while unclear; 0: DefaultBudget
	Seed    uint64        // which run of each pair goes first

	// Alone: there is no reference, and Runner's Serial runs the student's own serial
	// form. Then only the program's events can speak against it, and no fault or output
	// of that form does. Control and Standard are not asked for.
	Alone bool

	// Now is the clock that the budget is kept with. nil: time.Now.
	Now func() time.Time
}

// DefaultBudget is how long an unclear case is measured.
const DefaultBudget = 60 * time.Second

// Runner runs what a check needs, one thing at a time. An error means that the
// grader itself could not do it; what a program did wrong is in Trial.Fault.
type Runner interface {
	// Serial runs the course's reference with the serial arguments.
	Serial(context.Context) (Trial, error)
	// Parallel runs the student's program with the parallel arguments, unobserved.
	Parallel(context.Context) (Trial, error)
	// Control runs the course's reference with the parallel arguments. It is asked
	// for only before a program is failed for being slow.
	Control(context.Context) (Trial, error)
	// Observe is Parallel with events. Events may be nil where they can't be had. waits: the
	// reference waits for the outside, which only a run in real time shows.
	Observe(ctx context.Context, waits bool) (Trial, error)
	// Standard is Control with events. It is asked for only before a program's own events
	// speak against it.
	Standard(ctx context.Context, waits bool) (Trial, error)
	// Probe runs Spin with k threads for about that long, confined like the others.
	Probe(ctx context.Context, k int, window time.Duration) (Probe, error)
}

// Trial is what one run of a program showed.
type Trial struct {
	Wall    time.Duration // from the first process's start to the last one's end
	CPU     time.Duration // summed over all processes
	Output  []byte        // standard output
	Fault   string        // what went wrong, in the student's words: "exit code 1"; empty: nothing
	Late    bool          // the fault is the limit of real time, for which a busy machine may be to blame
	Events  []trace.Event // Observe only; in any order
	Clocked bool          // the events' times are those of a machine with a processor for each process, and telling them has cost nothing

	// AtOnce is how many processes that took a part in the work were alive at one
	// moment, at most; 0: not known. A process has taken a part when a worthwhile share
	// of the run's processor time is its own.
	AtOnce int
}

// Status is the outcome of a check.
type Status string

const (
	Pass       Status = "pass"
	Fail       Status = "fail"
	NotChecked Status = "not checked"
)

// Evidence names what decided.
type Evidence string

const (
	ByBoth     Evidence = "both measurements"
	ByMeasured Evidence = "measured times"
	ByLogical  Evidence = "logical figure"
	ByHonesty  Evidence = "comparison with the reference" // wrong output, a fault, skipped work
	ByLives    Evidence = "lives of the processes"        // no two at work were alive at once
	ByNothing  Evidence = "nothing"
)

// Report is the outcome of a check with its evidence. It is plain data.
type Report struct {
	Status    Status   `json:"status"`
	DecidedBy Evidence `json:"decidedBy"`
	Summary   string   `json:"summary"`       // one line for a person
	Why       string   `json:"why,omitempty"` // why this evidence decided: "one core: times can't tell"

	Alone bool `json:"alone,omitempty"` // what it was compared with is its own serial form

	Workers  int       `json:"workers"`
	AtLeast  float64   `json:"atLeast"`            // the share that was wanted; less than asked for where the reference reaches less here
	Standard float64   `json:"standard,omitempty"` // the reference's own share, by its events; 0: it was not looked at
	Wanted   float64   `json:"wanted"`             // the speed-up that was needed: AtLeast × min(Workers, capacity)
	Capacity float64   `json:"capacity"`           // cores' worth of work that Workers processes could get, median; 0: not probed
	Measured *Measured `json:"measured,omitempty"` // nil: no pair was run
	Logical  *Logical  `json:"logical,omitempty"`  // nil: there were no events to reason from

	Reasons []Reason `json:"reasons,omitempty"` // why it is not faster, the most important first; also given with a pass
	Pairs   []Pair   `json:"pairs,omitempty"`
	Seconds float64  `json:"seconds"` // that the check took
}

// Measured is what the wall times say, medians over the pairs. Efficiency is the
// speed-up divided by what the machine allowed at that moment, so 1 is all that was
// possible.
type Measured struct {
	Ratio      float64  `json:"ratio"` // serial wall / parallel wall
	Efficiency float64  `json:"efficiency"`
	Says       Status   `json:"says"` // NotChecked: they are not clear
	CPU        CPUShare `json:"cpu"`
}

// CPUShare compares processor times, medians over the pairs.
type CPUShare struct {
	Reference float64 `json:"referenceSeconds"`
	Student   float64 `json:"studentSeconds"`
	Share     float64 `json:"share"` // Student / Reference, corrected for cores that slow each other down
}

// Logical is what the program's own events say.
type Logical struct {
	Work        float64 `json:"workSeconds"`      // computing or waiting for the outside, summed
	Span        float64 `json:"spanSeconds"`      // the longest chain that has to be done in order, on any number of cores
	Parallelism float64 `json:"parallelism"`      // Work / Span
	OnWorkers   float64 `json:"onWorkersSeconds"` // duration of the replay on as many cores as workers
	Speedup     float64 `json:"speedup"`          // reference's work / OnWorkers, at most Work / OnWorkers
	Efficiency  float64 `json:"efficiency"`       // Speedup / Workers
	Predicted   float64 `json:"predicted"`        // the same speed-up, replayed on the machine's capacity
	Runs        int     `json:"runs"`             // observed runs; the figures are of the best one
	Says        Status  `json:"says"`
	Why         string  `json:"why,omitempty"` // why it can't tell
}

// Reason says why a program is not faster.
type Reason struct {
	Kind ReasonKind `json:"kind"`
	Text string     `json:"text"`        // whole, with file:line
	Site trace.Site `json:"site"`        // zero where there is none
	Gain float64    `json:"gainSeconds"` // how much shorter the replay is without this obstacle
}

// ReasonKind names a pattern.
type ReasonKind string

const (
	JoinBeforeStart ReasonKind = "joined before the next starts"
	LockHeld        ReasonKind = "lock held while computing"
	Unbalanced      ReasonKind = "unbalanced"
	OneWorker       ReasonKind = "one worker"
	NoWorker        ReasonKind = "no worker"
	StartCost       ReasonKind = "starting costs more than the work"
	SerialPart      ReasonKind = "serial part"
	MessageWait     ReasonKind = "waits for messages"
	SignalWait      ReasonKind = "waits for a signal" // semaphores, events, conditions, barriers
	ManagerWait     ReasonKind = "waits for a manager"
	FewTasks        ReasonKind = "few tasks at a time"
	FewAtWork       ReasonKind = "few at work" // where no other reason is found
	Sleeping        ReasonKind = "sleeps"
	SkippedWork     ReasonKind = "skipped work"
	ExtraWork       ReasonKind = "extra work"
	WrongOutput     ReasonKind = "different output"
	Faulty          ReasonKind = "fault"
)

// Pair is a serial and a parallel run, one after the other, kept so that a verdict can be checked by hand.
type Pair struct {
	Serial      float64 `json:"serialSeconds"`
	Parallel    float64 `json:"parallelSeconds"`
	Control     float64 `json:"controlSeconds,omitempty"` // the reference's parallel form beside them; 0: not run
	SerialCPU   float64 `json:"serialCpuSeconds"`
	ParallelCPU float64 `json:"parallelCpuSeconds"`
	Capacity    float64 `json:"capacity"`
	Efficiency  float64 `json:"efficiency"`
	SerialFirst bool    `json:"serialFirst"`
}
