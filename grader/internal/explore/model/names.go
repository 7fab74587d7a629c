package model

import (
	"math/bits"
	"sync"
)

// ID is a process's number. It is the same in every run of one exploration.
type ID int

// MaxProcs is how many processes one exploration can tell apart.
const MaxProcs = 64

// Set is a set of processes.
type Set uint64

func SetOf(p ID) Set            { return 1 << p }
func (s Set) Has(p ID) bool     { return s>>p&1 != 0 }
func (s Set) With(p ID) Set     { return s | 1<<p }
func (s Set) Len() int          { return bits.OnesCount64(uint64(s)) }
func (s Set) First() ID         { return ID(bits.TrailingZeros64(uint64(s))) }
func (s Set) Rest() Set         { return s & (s - 1) }
func (s Set) Without(t Set) Set { return s &^ t }

// Resource is the number of something that operations may conflict over.
type Resource int32

// Names gives processes and resources their numbers. Runs of one exploration
// share it, so that what was learned in one run can be compared with the next.
type Names struct {
	mu        sync.Mutex
	procs     map[string]ID
	paths     []string
	resources map[resourceKey]Resource
	ordered   map[string]bool // dicts whose keys' order a run looked at
	restart   bool
}

type resourceKey struct {
	class  class
	object string
	index  int
	key    string
}

// NewNames returns an empty register.
func NewNames() *Names {
	return &Names{procs: map[string]ID{}, resources: map[resourceKey]Resource{}, ordered: map[string]bool{}}
}

// Proc returns the number of the process with that path; false when there are
// too many.
func (n *Names) Proc(path string) (ID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, ok := n.procs[path]
	if !ok {
		if len(n.paths) == MaxProcs {
			return 0, false
		}
		id = ID(len(n.paths))
		n.procs[path] = id
		n.paths = append(n.paths, path)
	}
	return id, true
}

// Known returns the number of a process that some run has had.
func (n *Names) Known(path string) (ID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, ok := n.procs[path]
	return id, ok
}

// Path is the inverse of Proc.
func (n *Names) Path(p ID) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.paths[p]
}

func (n *Names) resource(k resourceKey) Resource {
	n.mu.Lock()
	defer n.mu.Unlock()
	r, ok := n.resources[k]
	if !ok {
		r = Resource(len(n.resources))
		n.resources[k] = r
	}
	return r
}

// keysMatter notes that a program looks at the order of a dict's keys, so that
// adding one conflicts with adding another. What was explored before did not
// know.
func (n *Names) keysMatter(object string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.ordered[object] {
		n.ordered[object] = true
		n.restart = true
	}
}

func (n *Names) keysOrdered(object string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ordered[object]
}

// Restart reports, once, that an assumption that earlier runs were explored
// under does not hold.
func (n *Names) Restart() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.restart
	n.restart = false
	return r
}
