// Package model knows what a program's processes can do next. In goes, step by
// step, what each process is about to do and what came of it. Out comes which
// processes can go on, why the others can't, and a record of the run in which
// each step says what it did to what, which steps made it possible, and which
// ones it comes after. Nothing in it runs a process.
//
// A lock that is held, a pipe that is full, a child that has not ended: the
// model keeps account of them all, so that "blocked" is simply "not enabled" and
// a deadlock is seen at once.
package model

import "lockstep/mp/trace"

// Capacity is how much a pipe holds for a receiver. It is fixed, and less than
// what the library's pipes really take, so that a Send that can go on here does
// not wait there. A message costs what it takes and MessageCost. One that goes
// through the system's own pipe, which has 64 KiB in pages, costs ShortCost for
// each byte, because it may leave as much of a page unused as it takes itself.
const (
	Capacity    = 200_000
	MessageCost = 704
	ShortCost   = 6.2
	Short       = 4096
)

// Options are what a run's rules depend on beside the program.
type Options struct {
	Capacity int  // bytes that a pipe holds; negative: none at all
	Ordered  bool // the order in which processes print matters
	// Pieces has each piece that a process prints be a step of its own although the
	// order of lines does not matter: a line that is printed in several pieces is torn
	// when another process prints between them.
	Pieces bool
	// Clock keeps processes asleep for as long as they say: of all sleeps and waits
	// with a limit, the one that is over first ends first, those that are over at the
	// same time in any order, and nothing else takes time. Without it, a sleep says
	// nothing of when the others get on.
	Clock bool
	// Early lets a wait with a limit give up whenever it is not ready: the others may
	// be that slow.
	Early bool
	// Deaths is how many processes may be killed in a run, each before any of its operations;
	// see death.go.
	Deaths int
	// Name says what the source calls what a New made: "counter"; the ends of a pipe
	// with a comma between, and "forks[]" or "forks[i]" for each of several. Empty:
	// it does not say. It may be nil.
	Name func(trace.Event) string
}

// Phase says which part of an operation a process has come to.
type Phase uint8

const (
	Call   Phase = iota // the operation itself
	Return              // it was let go, and could not return before others did their part
	Relock              // a condition's wait is over and wants its lock back
	Says                // the process printed something before its next operation
	Dies                // the process ended without saying so
)

// Pending is what a process is about to do.
type Pending struct {
	Op    trace.Event
	Phase Phase

	spin  *spin // set while the process goes round in a loop that waits
	order int   // a message that its sender waits for: which one of the pipe's
	since int64 // virtual nanoseconds
	// patient: it stands in a loop that waits, has given up early often enough and
	// does so only when nothing else can be done.
	patient bool
}

// Grant is how a process is let go.
type Grant struct {
	Real  bool   // a process is let go at all; otherwise the step is the model's own
	Ready bool   // what the operation waits for is there; false: its time is over
	Twice bool   // it can't return before others did their part, and stops again then
	Ends  string // path of the process that it ends; "" none
	Dies  bool   // that process dies where it has stopped; nobody else is let go
	Again bool   // it has stopped a second time, or will, and returns now
}

// Event is one step of a run.
type Event struct {
	Proc   ID
	N      int32 // counts the steps of the process, from 1
	Op     trace.Event
	Phase  Phase
	Ready  bool // as granted
	Forced bool // made because nothing else could be: a timeout, or another round of a loop that waits
	Tail   bool // follows at once from the step before: the process died of it
	Blocks bool // could have had to wait

	Access []Access
	Needs  []int  // the steps that made it possible
	Met    []int  // the steps that made what it waits for be there; Needs, unless it would have been made without
	Before Clock  // of the process, before it
	Knew   uint64 // what the process had been given and had learned before it; 0: it had learned what is not on record
	Clock  Clock  // … and with it and all that it comes after
	Saw    int    // the step whose write it read; -1: none
	Held   []Holding
	Child  ID     // Start: the child; -1: none
	Value  string // what the object holds afterwards
}

// Holding is a lock that a process holds.
type Holding struct {
	Lock     string // object
	Resource Resource
	Since    int  // the step that took it
	Shared   bool // others may hold it, too, if they share it
}

// Waiting says why a process can't go on.
type Waiting struct {
	Proc ID
	Op   trace.Event
	For  string // "lock 0#1"
	Why  string
	On   []ID // who could end the wait
	Kind WaitKind
	Held int // Lock: the step that took the lock; -1 where there is none
}

// WaitKind says what somebody waits for.
type WaitKind uint8

const (
	ForLock WaitKind = iota + 1
	ForOwnLock
	ForJoin
	ForMessage
	ForSameEnd // a message that is sent into the end where it is waited for
	ForEnd     // a message or the end of the pipe, and holds the other end itself
	ForRoom    // the pipe is full
	ForTaker   // its message is larger than the pipe
	ForPermit
	ForFlag
	ForOthers // barrier
	ForSignal
	ForTasks
	ForChange // goes round in a loop
)
