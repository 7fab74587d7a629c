//go:build unix

package box

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/box/internal/folder"
	"lockstep/grader/internal/box/internal/openfiles"
	"lockstep/grader/internal/box/internal/rootfs"
	"lockstep/grader/internal/box/internal/seccomp"
	"lockstep/grader/internal/box/internal/shim"
	"lockstep/grader/internal/box/internal/supervisor"
	"lockstep/grader/internal/box/internal/watch"
	"lockstep/grader/internal/box/internal/wire"
)

// run runs one order to its end.
func (p *place) run(o order, files []*os.File, cut <-chan LimitExceeded, printed, gone <-chan struct{}) (*Observation, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	if len(o.Given) > 0 {
		if err := folder.Fill(p.fresh(), o.Given, p.User); err != nil {
			return nil, wire.Staged("put the program's files in place", err)
		}
	}
	if err := p.group.Bound(ceiling(o.Limits, p.Limits.FileSize), mostTasks(o.Limits)); err != nil {
		return nil, err
	}
	r := watch.Run{
		Program: shim.Program{
			Path: o.Program, Name: filepath.Base(o.Program), Args: o.Args, Env: slices.Clone(o.Env), Dir: o.Dir,
			Limits: o.Limits, Group: p.group, Seccomp: seccomp.Policy{Guarded: guarded(), Siblings: p.Siblings},
		},
		Files: files, Fixed: o.Fixed, Cut: cut, Gone: gone,
		Signals: o.Signals, Printed: printed, AtOnce: o.AtOnce,
		Holds: o.Holds, Steps: o.Steps, Patience: o.Patience,
	}
	if p.tree != nil {
		p.inTree(&r)
	} else {
		p.onHost(&r)
	}
	for i, v := range r.Env {
		r.Env[i] = strings.ReplaceAll(v, Folder, r.Dir)
	}
	seen, err := p.watcher.Run(r)
	if err == nil {
		seen.Unheld = r.Supervisor.Unheld()
	}
	if err == nil && o.Dir == "" && o.Gather != "" {
		seen.Gathered, err = p.gather(o.Gather)
	}
	if err == nil && o.Leaves {
		if seen.Left, err = folder.Read(p.fresh()); err != nil {
			err = wire.Staged("look at what the program left", err)
		}
	}
	if err == nil && p.group.OutsideOOM() {
		err = wire.Staged("run", errors.New("the kernel killed a process of the program's because the machine is short of memory"))
	}
	return seen, errors.Join(err, p.wipe())
}

// inTree lets a run have a root file system of its own.
func (p *place) inTree(r *watch.Run) {
	r.Path, r.OwnRoot, r.User, r.Private = p.tree.Program, true, p.User, true
	r.Dir = cmp.Or(r.Dir, "/tmp")
	if p.group == nil {
		r.Held = openfiles.New(rootfs.At+"/tmp", true)
	}
}

// onHost lets a run share the machine with its user.
func (p *place) onHost(r *watch.Run) {
	work := p.work()
	r.Dir = cmp.Or(r.Dir, work)
	if !slices.ContainsFunc(r.Env, func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") }) {
		r.Env = append(r.Env, "TMPDIR="+work) // there is no /tmp for it
	}
	r.Held = openfiles.New(work, false)
	if p.supervised {
		r.Supervisor = supervisor.New(work, p.served, p.Blind)
		r.Seccomp.Supervised = true
	}
	if len(p.Programs) > 0 {
		r.Env = append(slices.DeleteFunc(r.Env, func(v string) bool { return strings.HasPrefix(v, "PATH=") }), "PATH="+filepath.Dir(p.Programs[0]))
	}
	if p.opens != nil {
		// Nobody needs the grader's privileges.
		r.Opens, r.Private = p.opens, true
		r.Seccomp.Settled, r.Seccomp.Scoped = len(p.Writable) == 0, p.scoped
	}
}

// ceiling is where the kernel itself stops a run's memory. It counts more than the
// limit is on: the files in /tmp, and what it needs for processes, threads, pipes
// and connections. Who gets there has taken more than the limit in any case.
func ceiling(l Limits, files int64) int64 {
	const kernels, aProcess, aThread = 32 << 20, 1 << 20, 64 << 10
	return l.Memory + files + kernels + int64(l.Processes)*aProcess + int64(l.Threads)*aThread
}

// mostTasks is how many threads may be there at one moment, so far beyond the
// limit that those who count them see it exceeded first.
func mostTasks(l Limits) int { return l.Threads + watch.MostZombies*l.Processes + shim.SpareTasks }

// guarded are the processes that watch the program, and that it must not be able
// to end or stop: init, and the grader where the program sees it.
func guarded() []int {
	if os.Getpid() == 1 {
		return []int{1}
	}
	return []int{os.Getpid(), -os.Getpid(), os.Getppid(), -os.Getppid()}
}

// What is gathered of a run: far more than a program leaves that wants to be read.
const (
	mostGathered = 64
	mostOfOne    = 1 << 20
)

// gather reads the files of the run's fresh folder whose names begin with prefix.
// Nobody lives any more who could change them; whatever is no file is left out.
func (p *place) gather(prefix string) (map[string][]byte, error) {
	root, err := os.OpenRoot(p.fresh())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the program removed it
	}
	if err != nil {
		return nil, wire.Staged("gather what the program left", err)
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), ".")
	found := map[string][]byte{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() || len(found) == mostGathered {
			continue
		}
		if text := folder.Text(root, e.Name(), mostOfOne); text != nil {
			found[e.Name()] = text
		}
	}
	return found, nil
}
