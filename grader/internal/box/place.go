//go:build unix

package box

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/scratch"
)

// place is where init runs its orders.
type place struct {
	terms
	tree  *tree    // the file system that programs see; nil: the host's
	dir   string   // a private folder of the host's, where there is no tree
	fence *os.File // what programs may do where there is no tree; nil: whatever the user may
	open  []string // what it can't keep them from
	// Where programs share the machine's network, a supervisor may keep them from it, but for
	// the ports that the grader serves them.
	supervised bool
	scoped     bool              // the fence keeps signals from others
	served     map[uint64]uint16 // by inode
	trace      *tracer           // watches the runs
	group      *membership
}

// settle makes the place that the terms ask for.
func settle(t terms) (*place, error) {
	p := &place{terms: t, served: map[uint64]uint16{}}
	if err := prepare(); err != nil {
		return nil, err
	}
	var err error
	if p.group, err = join(t.Group); err != nil {
		return nil, staged("set up a box of tier "+string(t.Tier), err)
	}
	p.trace = newTracer(p.group)
	switch t.Tier {
	case TierA, TierB:
		p.tree, err = settleNamespaces(t)
	case TierC:
		err = p.settleFence()
	default:
		p.dir = filepath.Clean(p.Folder)
		unsupervised := supervisable()
		p.supervised = unsupervised == nil
		p.open = unheldUnfenced(unsupervised)
	}
	if err != nil {
		return nil, staged("set up a box of tier "+string(t.Tier), err)
	}
	return p, nil
}

func (p *place) state() state { return state{Tier: p.Tier, Grouped: p.group != nil, Open: p.open} }

// ready makes the place as a run must find it.
func (p *place) ready() error {
	if p.tree != nil {
		scatter()
		return p.tree.freshTmp()
	}
	return os.Mkdir(filepath.Join(p.dir, "work"), 0o700)
}

// wipe takes away what a run left.
func (p *place) wipe() error {
	if p.tree != nil {
		return p.tree.clearTmp()
	}
	return scratch.Remove(filepath.Join(p.dir, "work"))
}

// run runs one order to its end.
func (p *place) run(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	o.group, o.outside = p.group, p.outside()
	fresh := o.Dir == ""
	if err := p.group.bound(o.Limits, p.Limits.FileSize); err != nil {
		return nil, err
	}
	if p.tree != nil {
		o.file, o.root, o.user, o.private = p.tree.program, p.tree.root, p.User, true
		if o.Dir == "" {
			o.Dir = "/tmp"
		}
	} else {
		work := filepath.Join(p.dir, "work")
		o.supervisor = p.supervisor(work)
		o.Dir = cmp.Or(o.Dir, work)
		if !slices.ContainsFunc(o.Env, func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") }) {
			o.Env = append(o.Env, "TMPDIR="+work) // there is no /tmp for it
		}
		if p.fence != nil {
			// Nobody needs the grader's privileges.
			o.fence, o.private, o.settled = p.fence, true, len(p.Writable) == 0
			o.scoped = p.scoped
		}
	}
	o.Env = slices.Clone(o.Env)
	for i, v := range o.Env {
		o.Env[i] = strings.ReplaceAll(v, Folder, o.Dir)
	}
	seen, err := p.watch(o, files, cut, gone)
	if err == nil {
		seen.Unheld = o.supervisor.found()
	}
	if err == nil && fresh && o.Gather != "" {
		seen.Gathered, err = p.gather(o.Gather)
	}
	if err == nil && p.group.robbed() {
		err = staged("run", errors.New("the kernel killed a process of the program's because the machine is short of memory"))
	}
	return seen, errors.Join(err, p.wipe())
}

// watch runs an order under the best watch that can be had.
func (p *place) watch(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	if p.Unwatched && alone() {
		return bound(o, files, cut, gone)
	}
	if !p.Polling {
		seen, err := p.trace.run(o, files, cut, gone)
		if !errors.Is(err, errUntraceable) {
			return seen, err
		}
		p.Polling = true
	}
	return poll(o, files, cut, gone)
}
