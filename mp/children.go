package mp

import (
	"runtime"
	"slices"
	"sync"
)

// children are the processes that this one started and has not joined, in the order of
// their starts.
var children family

type family struct {
	mu   sync.Mutex
	list []*Process
}

func (f *family) add(p *Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, p)
}

func (f *family) remove(p *Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = slices.DeleteFunc(f.list, func(q *Process) bool { return q == p })
}

// Children returns the processes that this one started and that are running, in the order
// in which they were started. It asks one after the other, as Alive does: those that are
// found to have ended are joined by the way. It never waits. A pool's workers and managers
// are not among them, nor are the children of children.
func Children() []*Process {
	children.mu.Lock()
	list := slices.Clone(children.list)
	children.mu.Unlock()
	return slices.DeleteFunc(list, func(p *Process) bool { return !p.Alive() })
}

// CPUCount returns how many processors this process may use at once, at least 1: as many
// processes can get on at the same time. A limit on the processor time of a container is
// not counted.
func CPUCount() int { return runtime.NumCPU() }
