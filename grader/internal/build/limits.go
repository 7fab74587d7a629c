package build

import (
	"cmp"
	"fmt"
	"runtime"
	"time"

	"lockstep/grader/internal/box"
)

// limits bound the compiler where it reads what a student wrote, for one unit. What a
// unit imports is compiled beforehand, so that what is left takes a processor less
// than a second, also with the race detector, and a quarter of the memory. Only the
// processor's time counts against a unit: to wait longer than that is the machine's
// doing.
var limits = box.Limits{
	Wall: time.Minute, CPU: 20 * time.Second, Memory: 1 << 30,
	Processes: 256, Threads: 4096, Output: 4 << 20, FileSize: 2 << 30, OpenFiles: 4096,
}

// trusted bound what compiles nothing of a student's: the standard library on a slow
// machine that has none of it yet is a minute's work for two busy cores.
var trusted = box.Limits{
	Wall: 15 * time.Minute, CPU: 30 * time.Minute, Memory: 4 << 30,
	Processes: 256, Threads: 4096, Output: 4 << 20, FileSize: 2 << 30, OpenFiles: 4096,
}

// What each further unit of a build adds. The go command compiles no more of them at
// a time than there are processors.
const (
	moreTime   = 5 * time.Second
	moreMemory = 256 << 20
)

// limits are those for several units in one go.
func (r Request) limits(units int) box.Limits {
	l := limits
	l.Wall, l.CPU, l.Memory = cmp.Or(r.Limits.Wall, l.Wall), cmp.Or(r.Limits.CPU, l.CPU), cmp.Or(r.Limits.Memory, l.Memory)
	time := time.Duration(units-1) * moreTime
	l.Wall, l.CPU = l.Wall+time, l.CPU+time
	l.Memory += int64(min(units, runtime.NumCPU())-1) * moreMemory
	return l
}

// stopped says in a line which limit ended a run of the go command's; "": none.
func stopped(h *box.LimitExceeded) string {
	if h == nil {
		return ""
	}
	return fmt.Sprintf("the compiler was stopped: %s limit of %s reached (%s)", h.Limit, h.Bound, h.Seen)
}

// tooSlow says whether a limit says something of the machine, and nothing of what
// was compiled.
func tooSlow(h *box.LimitExceeded) bool { return h != nil && h.Limit == "wall" }
