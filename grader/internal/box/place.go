//go:build unix

package box

import (
	"os"
	"path/filepath"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/rootfs"
	"lockstep/grader/internal/box/internal/watch"
	"lockstep/grader/internal/scratch"
)

// place is where init runs its orders.
type place struct {
	terms
	tree  *rootfs.Tree // the file system that programs see; nil: the host's
	dir   string       // a private folder of the host's, where there is no tree
	opens *os.File     // Landlock's list of what programs may open; nil: whatever the user may
	open  []string     // what it can't keep them from
	// Where programs share the machine's network, a supervisor may keep them from it, but for
	// the ports that the grader serves them.
	supervised bool
	scoped     bool              // Landlock keeps signals from others
	served     map[uint64]uint16 // by inode
	watcher    *watch.Watcher
	group      *cgroup.Membership
}

func (p *place) state() state { return state{Tier: p.Tier, Grouped: p.group != nil, Open: p.open} }

// work is the fresh folder of a run on the host.
func (p *place) work() string { return filepath.Join(p.dir, "work") }

// fresh is that folder as init sees it, wherever it is.
func (p *place) fresh() string {
	if p.tree != nil {
		return rootfs.At + "/tmp"
	}
	return p.work()
}

// ready makes the place as a run must find it.
func (p *place) ready() error {
	if p.tree != nil {
		scatter()
		return p.tree.FreshTmp()
	}
	return os.Mkdir(p.work(), 0o700)
}

// wipe takes away what a run left.
func (p *place) wipe() error {
	if p.tree != nil {
		return p.tree.ClearTmp()
	}
	return scratch.Remove(p.work())
}
