// Package facts is what a box tells of a run, and what a run is bounded by.
package facts

import (
	"strconv"
	"syscall"
	"time"
)

// Observation is what one run did.
type Observation struct {
	Exit      Exit // of the root process
	Stdout    Stream
	Stderr    Stream
	Wall      time.Duration
	CPU       time.Duration     // summed over the tree
	Memory    int64             // peak bytes resident, summed over the tree
	Exceeded  *LimitExceeded    // the limit that ended the run; nil when it ended by itself
	Processes []Process         // every process that was seen, by start; the root is first
	Signals   []Sent            // what became of each of Command.Signals
	Dialogue  *Talk             // what became of Command.Dialogue; nil: there was none
	Gathered  map[string][]byte // see Command.Gather: by name, each up to its first megabyte
	Left      *Left             // see Command.Leaves
	Forced    []Forced          // what became of each of Command.Holds
	Made      []Made            // which processes made which of Command.Steps
	Unforced  string            // why of both nothing was seen; empty: it was
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
	case o.Unforced != "":
		return "which process changes which file, and when: " + o.Unforced
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

// ExitOf translates a wait status.
func ExitOf(ws syscall.WaitStatus) Exit {
	if ws.Signaled() {
		return Exit{Signal: int(ws.Signal())}
	}
	return Exit{Code: ws.ExitStatus()}
}

// CPUOf is the processor time that the kernel counts for who has ended.
func CPUOf(u *syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }

// Stream is a bounded copy of what was written.
type Stream struct {
	Bytes []byte // at most Limits.Output
	Total int64  // bytes seen, also those not kept
}

// LimitExceeded names a limit that was reached.
type LimitExceeded struct {
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
	State  State
	Strays []string // keys of Command.Fixed that it was not given as they are
	Stalls []Stall  // what it waited for when its real time was over
}

// State says what became of a process.
type State string

const (
	Root     State = "root"                // the program itself
	Joined   State = "joined"              // its parent waited for it
	Zombie   State = "zombie"              // ended, and its parent never waited for it
	Orphan   State = "orphan"              // outlived its parent
	Unwaited State = "not waited for"      // one of the two; the box did not see which
	Ended    State = "ended"               // it ended; whether its parent waited for it can't be told here
	CutOff   State = "killed with the run" // alive when a limit ended the run
)

// Tier is how strongly a run is confined.
type Tier string

const (
	TierA Tier = "A" // own user id, namespaces, and a control group where there is one
	TierB Tier = "B" // user namespace, and a control group where one is delegated
	TierC Tier = "C" // Landlock's list of what may be opened; no privileges; the rest is shared
	TierD Tier = "D" // process group, limits, polling
)

// Limits bound the program and all its descendants together. A zero field
// takes the value of Defaults.
type Limits struct {
	Wall      time.Duration // real time from start to the last process's end
	CPU       time.Duration // processor time, summed over the tree
	Memory    int64         // bytes resident, summed over the tree
	Processes int           // processes alive at one moment
	Started   int           // processes started in all, where each is seen; 0: any number
	Threads   int           // threads alive at one moment, over the whole tree
	Output    int64         // bytes kept of stdout, and of stderr; more ends the run
	FileSize  int64         // bytes written to /tmp
	OpenFiles int           // descriptors per process
	Linger    time.Duration // how long processes may outlive the root before they are ended; negative: not at all
}

// Defaults returns the limits that a zero field stands for: room enough for
// every exercise of the course, and little enough for a laptop.
func Defaults() Limits {
	return Limits{
		Wall:      10 * time.Second,
		CPU:       20 * time.Second,
		Memory:    256 << 20,
		Processes: 32,
		Threads:   512, // a Go process has 4 to 10
		Output:    64 << 10,
		FileSize:  64 << 20,
		OpenFiles: 256,
		Linger:    500 * time.Millisecond,
	}
}

// Filled returns l with every zero field set from d. A negative field means
// none of it: no time to linger, no byte of output.
func (l Limits) Filled(d Limits) Limits {
	return Limits{
		Wall:      pick(l.Wall, d.Wall),
		CPU:       pick(l.CPU, d.CPU),
		Memory:    pick(l.Memory, d.Memory),
		Processes: pick(l.Processes, d.Processes),
		Started:   pick(l.Started, d.Started),
		Threads:   pick(l.Threads, d.Threads),
		Output:    pick(l.Output, d.Output),
		FileSize:  pick(l.FileSize, d.FileSize),
		OpenFiles: pick(l.OpenFiles, d.OpenFiles),
		Linger:    pick(l.Linger, d.Linger),
	}
}

func pick[T ~int | ~int64](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return max(value, 0)
}

// PrintBytes writes a size as the YAML does, with the unit that leaves the
// fewest digits: "256MiB", "1.5MiB", "70KiB", "12B".
func PrintBytes(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size {
			return strconv.FormatFloat(float64(n*10/unit.size)/10, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

// PrintTime rounds to what a person reads: 2.01s, 350ms.
func PrintTime(d time.Duration) string {
	if d >= time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}
