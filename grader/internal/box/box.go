// Package box is the only package that starts a process. In goes a Command: one
// program, what it may read, and its limits. Out comes an Observation: what the
// program and all its descendants did, as the kernel saw it. The box records
// facts and names no verdict.
//
// In every tier a program has a filter on system calls, can gain no privileges, is
// traced with all that it starts, and ends with its limits or with the grader.
// Tiers A and B give it a root, processes and a network of its own, in A as a user
// of its own; a control group counts its memory where the kernel lets the grader
// make one. In tiers C and D it sees the machine and has its network: a supervisor
// makes its sockets, which keep to the loopback, and connects them to each other and
// to nobody else. In tier C Landlock refuses it every file but those that it is shown,
// and signals to what is not of the run. Tier D refuses nothing more.
//
// What the kernel gives for that has a package each, below internal: rootfs, cgroup,
// landlock, seccomp (of whose filter the supervisor answers what it asks), ptrace and
// proc. A shim bounds itself by them and becomes the program, and watch follows the run.
//
// How many children live at one moment is a program's own doing, and not a matter of how
// fast a machine starts them: where a signal or Command.AtOnce waits for more, one that has
// nothing left to do but to end is kept from it, for as long as others make steps.
//
// What a tier can neither refuse nor see is a fact, too (Observation.Unseen, Uncounted,
// Unheld), if the run did what makes it possible: whoever judges must not take it
// for right.
package box

import (
	"os"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/loopback"
)

// Command describes one run of one program.
type Command struct {
	Program  string     // the executable; the program sees no other file of the host's but ReadOnly and Writable
	Args     []string   // without the program's own name
	Env      []string   // the whole environment, "KEY=value"; Folder stands for the run's fresh folder
	Fixed    []string   // keys of Env of which a process that has another value is told: Process.Strays
	Gather   string     // what the names begin with of files that Observation.Gathered brings from the fresh folder
	Given    []File     // what the fresh folder holds before the run
	Leaves   bool       // Observation.Left tells what it holds after it
	Dir      string     // working directory, which Run shows as ReadOnly does; empty: a fresh folder, removed afterwards
	Stdin    []byte     // whole standard input; nil reads as end of file
	Files    []*os.File // inherited as descriptors 3, 4, …
	Stdout   *os.File   // standard output, for who reads it himself: Observation.Stdout is empty then; nil: the box reads it
	ReadOnly []string   // host paths shown read-only at the same place (a compiler's needs)
	Writable []string   // host paths shown writable at the same place
	Programs []string   // as in Setup
	Limits   Limits
	Dialogue []Turn   // in place of Stdin: what is said to the program, as it answers; then its input ends
	Signals  []Signal // sent to the program and its children, in this order; up to MostSignals
	Holds    []Hold   // orders of file steps that are forced on the run
	AtOnce   int      // children that are wanted to live at one moment
	Steps    []Step   // file steps of which Observation.Made tells who made them
	// Serve is called before the program starts, with a port of the loopback that
	// the program sees; what it returns is added to Env. The port is closed when the
	// run has ended. It may be nil.
	Serve func(*loopback.Listener) []string
	Tier  Tier // insist on a tier; empty: the strongest that this machine gives
}

// Setup describes a place in which one program is run, once or many times.
type Setup struct {
	Program  string   // as in Command
	ReadOnly []string // as in Command
	Writable []string // as in Command
	Programs []string // other executables of one folder that the program may execute, found on PATH by their own names
	Limits   Limits   // what the place itself is sized for: FileSize
	Tier     Tier     // insist on a tier; empty: the strongest that this machine gives
	Polling  bool     // look for processes by polling even where they can be traced
	Blind    bool     // read nobody's memory even where it can be read
	// Unwatched is for programs that are run again and again: runs are bounded as
	// ever, and cost far less, but of their processes only the root is known.
	Unwatched bool
	// Siblings lets a process give its parent a child (CLONE_PARENT). Only where nobody
	// asks whose child a process is: with Unwatched.
	Siblings bool
}

// Folder stands in Command.Env for the fresh folder that a run begins in.
const Folder = "\x00folder\x00"

// What a run is bounded by, and what is told of it.
type (
	Limits        = facts.Limits
	Observation   = facts.Observation
	Exit          = facts.Exit
	Stream        = facts.Stream
	LimitExceeded = facts.LimitExceeded
	Process       = facts.Process
	Signal        = facts.Signal
	Sent          = facts.Sent
	Turn          = facts.Turn
	Talk          = facts.Talk
	Lacking       = facts.Lacking
	State         = facts.State
	Stall         = facts.Stall
	Tier          = facts.Tier
	File          = facts.File
	Left          = facts.Left
	Hold          = facts.Hold
	Step          = facts.Step
	Forced        = facts.Forced
	Does          = facts.Does
	Made          = facts.Made
)

// What became of a process.
const (
	Root     = facts.Root
	Joined   = facts.Joined
	Zombie   = facts.Zombie
	Orphan   = facts.Orphan
	Unwaited = facts.Unwaited
	Ended    = facts.Ended
	CutOff   = facts.CutOff
)

// What a process waited for.
const (
	ForChild  = facts.ForChild
	ForData   = facts.ForData
	ForRoom   = facts.ForRoom
	ForCaller = facts.ForCaller
	ForLock   = facts.ForLock
)

// What a signal that was not sent waited for.
const (
	TheSignalBefore = facts.TheSignalBefore
	TheText         = facts.TheText
	TheChildren     = facts.TheChildren
	TheReceiver     = facts.TheReceiver
)

// How strongly a run is confined.
const (
	TierA = facts.TierA
	TierB = facts.TierB
	TierC = facts.TierC
	TierD = facts.TierD
)

// Defaults returns the limits that a zero field stands for: room enough for
// every exercise of the course, and little enough for a laptop.
func Defaults() Limits { return facts.Defaults() }
