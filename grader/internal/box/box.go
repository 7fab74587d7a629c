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
// What a tier can neither refuse nor see is a fact, too (Observation.Unseen, Uncounted,
// Unheld), if the run did what makes it possible: whoever judges must not take it
// for right.
package box

import (
	"net"
	"os"
	"time"
)

// Command describes one run of one program.
type Command struct {
	Program  string     // the executable; the program sees no other file of the host's but ReadOnly and Writable
	Args     []string   // without the program's own name
	Env      []string   // the whole environment, "KEY=value"; Folder stands for the run's fresh folder
	Fixed    []string   // keys of Env of which a process that has another value is told: Process.Strays
	Gather   string     // what the names begin with of files that Observation.Gathered brings from the fresh folder
	Dir      string     // working directory, which Run shows as ReadOnly does; empty: a fresh folder, removed afterwards
	Stdin    []byte     // whole standard input; nil reads as end of file
	Files    []*os.File // inherited as descriptors 3, 4, …
	Stdout   *os.File   // standard output, for who reads it himself: Observation.Stdout is empty then; nil: the box reads it
	ReadOnly []string   // host paths shown read-only at the same place (a compiler's needs)
	Writable []string   // host paths shown writable at the same place
	Limits   Limits
	// Serve is called before the program starts, with a port of the loopback that
	// the program sees; what it returns is added to Env. The port is closed when the
	// run has ended. It may be nil.
	Serve func(net.Listener) []string
	Tier  Tier // insist on a tier; empty: the strongest that this machine gives
}

// Folder stands in Command.Env for the fresh folder that a run begins in.
const Folder = "\x00folder\x00"

// Limits bound the program and all its descendants together. A zero field
// takes the value of Defaults.
type Limits struct {
	Wall      time.Duration // real time from start to the last process's end
	CPU       time.Duration // processor time, summed over the tree
	Memory    int64         // bytes resident, summed over the tree
	Processes int           // processes alive at one moment
	Threads   int           // threads alive at one moment, over the whole tree
	Output    int64         // bytes kept of stdout, and of stderr; more ends the run
	FileSize  int64         // bytes written to /tmp
	OpenFiles int           // descriptors per process
	Linger    time.Duration // how long processes may outlive the root before they are ended; negative: not at all
}

// Observation is what one run did.
type Observation struct {
	Exit      Exit // of the root process
	Stdout    Stream
	Stderr    Stream
	Wall      time.Duration
	CPU       time.Duration     // summed over the tree
	Memory    int64             // peak bytes resident, summed over the tree
	Hit       *Hit              // the limit that ended the run; nil when it ended by itself
	Processes []Process         // every process that was seen, by start; the root is first
	Gathered  map[string][]byte // see Command.Gather: by name, each up to its first megabyte
	Tier      Tier
	Unseen    []string // kinds of facts that this tier can't tell, e.g. "short-lived processes"
	Uncounted string   // why memory that is in no process may be above its limit all the same; empty: it was added up
	Unheld    string   // by what the program may have reached others on this machine, unseen; empty: by nothing
}

// Untold says what of a run that went well is not known all the same; empty: nothing.
func (o *Observation) Untold() string {
	switch {
	case o.Uncounted != "":
		return "whether its memory is within the limit: " + o.Uncounted
	case o.Unheld != "":
		return "whether the work is its own: " + o.Unheld
	}
	return ""
}

// Exit says how a process ended. Signal is 0 for a process that returned.
type Exit struct {
	Code   int
	Signal int
}

// Stream is a bounded copy of what was written.
type Stream struct {
	Bytes []byte // at most Limits.Output
	Total int64  // bytes seen, also those not kept
}

// Hit names a limit that was reached.
type Hit struct {
	Limit string // "wall", "cpu", "memory", "processes", "threads", "output", "file size"
	Bound string // the limit, printed with its unit
	Seen  string // the figure reached, printed with its unit
	PID   int    // the process that reached it; 0 where no single one did
}

// Process is one process of the run.
type Process struct {
	PID    int // as the program sees it
	Parent int // pid of the process that started it; 0 for the root
	Argv   []string
	Start  time.Duration // since the root's start
	End    time.Duration // since the root's start; when the run was cut off, that moment
	Exit   Exit
	CPU    time.Duration
	Memory int64 // peak bytes resident
	Fate   Fate
	Strays []string // keys of Command.Fixed that it was not given as they are
}

// Fate says what became of a process.
type Fate string

const (
	Root     Fate = "root"                // the program itself
	Joined   Fate = "joined"              // its parent waited for it
	Zombie   Fate = "zombie"              // ended, and its parent never waited for it
	Orphan   Fate = "orphan"              // outlived its parent
	Unwaited Fate = "not waited for"      // one of the two; the box did not see which
	Ended    Fate = "ended"               // it ended; whether its parent waited for it can't be told here
	CutOff   Fate = "killed with the run" // alive when a limit ended the run
)

// Tier is how strongly a run is confined.
type Tier string

const (
	TierA Tier = "A" // own user id, namespaces, and a control group where there is one
	TierB Tier = "B" // user namespace, and a control group where one is delegated
	TierC Tier = "C" // Landlock's list of what may be opened; no privileges; the rest is shared
	TierD Tier = "D" // process group, limits, polling
)
