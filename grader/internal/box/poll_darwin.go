package box

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Not run on a Mac so far: it is kept compiling, and says little. There is no
// subreaper there, so that orphans fall to launchd and are found by looking.

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
	p.look()
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	p.collected(p.root, exitOf(ws), cpu, usage.Maxrss, false, true)
	for pause := time.Millisecond; len(p.members()) > 0; pause = min(2*pause, restLook) {
		time.Sleep(pause)
	}
}

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

// descendants finds the run's processes: the root's session, and what descends
// from any of it.
func descendants(root int) []look {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	within := map[int]bool{root: true}
	var looks []look
	for grown := true; grown; {
		grown = false
		looks = looks[:0]
		for _, k := range all {
			pid, parent := int(k.Proc.P_pid), int(k.Eproc.Ppid)
			if pid == os.Getpid() || !within[pid] && !within[parent] && int(k.Eproc.Pgid) != root {
				continue
			}
			if !within[pid] {
				within[pid], grown = true, true
			}
			const zombie = 5 // SZOMB
			looks = append(looks, look{pid: pid, parent: parent, zombie: k.Proc.P_stat == zombie, threads: 1})
		}
	}
	return looks
}

// wordsOf would read an environment, which is nobody else's to see there.
func wordsOf(int, string) []string { return nil }

func argvOf(pid int) []string {
	data, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil
	}
	return parseProcArgs(data)
}

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

func join(*folders) (*membership, error) { return nil, nil }

func (*membership) bound(Limits, int64) error                        { return nil }
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
