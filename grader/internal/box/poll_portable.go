//go:build darwin || portable

package box

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// What a Mac has, and Linux under the tag portable, where its tests run: it was never
// run on a Mac, and says little. There is no subreaper, so that orphans fall to the
// system's first process and are found by looking.

const (
	noSignal    = 0
	closeOnExec = 0
)

func ownProgram() (string, error) { return os.Executable() }

func initAttributes(Tier) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true}
}

func prepare() error { return nil }

// A tracer is what Linux has.
type tracer struct{}

var errUntraceable = errors.New("processes can't be traced here")

func newTracer(*membership) *tracer { return nil }

func (*tracer) run(order, []*os.File, <-chan Hit, <-chan struct{}) (*Observation, error) {
	return nil, errUntraceable
}

// There are no namespaces.
type tree struct{ root, program string }

func private(Tier) bool { return false }

func settleNamespaces(terms) (*tree, error) { return nil, errors.ErrUnsupported }

func (*tree) freshTmp() error { return errors.ErrUnsupported }
func (*tree) clearTmp() error { return errors.ErrUnsupported }

const firstUser = 0

func scatter()           {}
func enter(string) error { return errors.ErrUnsupported }
func disarm(int) error   { return errors.ErrUnsupported }
func keepOnly(int) error { return nil }

func alone() bool { return false }

// bound is for a process namespace.
func bound(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	return poll(o, files, cut, gone)
}

// There is no filter for system calls.
func restrain(*shimOrder) (int, error) { return 0, nil }
func guarded() []int                   { return nil }

// collect waits for the root, and then until nobody that was seen is left.
func (p *polled) collect() {
	defer close(p.empty)
	var ws syscall.WaitStatus
	var usage syscall.Rusage
	for {
		_, err := syscall.Wait4(p.root, &ws, 0, &usage)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			return
		}
	}
	p.look() // whoever lives now has outlived the root
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	p.collected(p.root, exitOf(ws), cpu, usage.Maxrss, false, true)
	for pause := time.Millisecond; len(p.members()) > 0; pause = min(2*pause, restLook) {
		time.Sleep(pause)
	}
}

// adopts says whether what has lost its parent falls to init, which then knows what
// became of it.
const adopts = false

// unseenHere are further kinds of facts that can't be told.
var unseenHere = []string{"whether a child was waited for that ended shortly before its parent", "children's processor time"}

// members returns those living processes of the run that were seen.
func (p *polled) members() []int {
	looks := descendants(p.root)
	p.mu.Lock()
	defer p.mu.Unlock()
	var pids []int
	for _, l := range looks {
		if !l.zombie {
			pids = append(pids, l.pid)
		}
	}
	return pids
}

// found is a process of the system's.
type found struct {
	pid, parent, group int
	begun              int64 // tells it from a later one of the same number
	zombie             bool
}

// kin are the processes of a run that were seen, also those that have left their
// parents and their session since.
var kin struct {
	sync.Mutex
	root int
	seen map[int]int64 // by pid: when it began
}

// descendants finds the run's processes: the root's session, what descends from any
// of it, and what did so once. Parents come before their children.
func descendants(root int) []look {
	all := processes()
	kin.Lock()
	defer kin.Unlock()
	if kin.root != root {
		kin.root, kin.seen = root, map[int]int64{}
	}
	within := map[int]bool{}
	for grown := true; grown; {
		grown = false
		for _, f := range all {
			begun, known := kin.seen[f.pid]
			if f.pid != os.Getpid() && !within[f.pid] &&
				(f.pid == root || f.group == root || within[f.parent] || known && begun == f.begun) {
				within[f.pid], grown = true, true
				kin.seen[f.pid] = f.begun
			}
		}
	}
	var looks []look
	listed := map[int]bool{}
	for len(looks) < len(within) {
		for _, f := range all {
			if within[f.pid] && !listed[f.pid] && (!within[f.parent] || listed[f.parent]) {
				listed[f.pid] = true
				looks = append(looks, look{pid: f.pid, parent: f.parent, zombie: f.zombie, threads: 1})
			}
		}
	}
	return looks
}

// wordsOf would read an environment, which is nobody else's to see there.
func wordsOf(int, string) []string { return nil }

// killTree kills the root's process group and everything that descends from it,
// again until nobody is left.
func killTree(root int, empty <-chan struct{}) {
	for pause := time.Millisecond; ; pause = min(2*pause, restLook) {
		syscall.Kill(-root, syscall.SIGKILL)
		for _, l := range descendants(root) {
			syscall.Kill(l.pid, syscall.SIGKILL)
		}
		select {
		case <-empty:
			return
		case <-time.After(pause):
		}
	}
}

// There are no control groups.
type (
	folders    struct{}
	group      struct{ folders }
	membership struct{ most int64 }
)

func newGroup(Setup) (*group, error) { return nil, nil }
func (*group) remove() error         { return nil }

// wantsProcessor is not told on a Mac: nobody's waiting is cut short.
func wantsProcessor([]look) bool { return true }

func join(*folders) (*membership, error) { return nil, nil }

func (*membership) bound(Limits, int64) error                        { return nil }
func (*membership) cpu() time.Duration                               { return 0 }
func (*membership) start(f func() error) error                       { return f() }
func (*membership) born(a *syscall.SysProcAttr) *syscall.SysProcAttr { return a }
func (*membership) memory(seen, _ int64) int64                       { return seen }
func (*membership) starved() bool                                    { return false }
func (*membership) robbed() bool                                     { return false }

// There is no Landlock, and nobody who answers for system calls.
type supervisor struct{}

func (*place) supervisor(string) *supervisor { return nil }
func (*supervisor) begin([]*os.File, int)    {}
func (*supervisor) found() string            { return "" }
func supervisable() error                    { return errors.ErrUnsupported }
func unheldUnfenced(error) []string          { return nil }

func (*place) settleFence() error { return errors.ErrUnsupported }
func enclose(int) error           { return nil }
