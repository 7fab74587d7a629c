//go:build !portable

package box

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A group is a control group of the kernel's (cgroup), made for one box. Only
// programs are in it, never init, which must outlive them. It counts the memory
// that no process shows, and holds what grows faster than anybody looks. The
// grader makes it, because it is there when everything else of a box is gone; what
// a grader leaves that is killed, the next one removes.
type group struct {
	folders
	locks []*os.File
}

// folders are where a group stands: one in the unified hierarchy (cgroup v2), or
// one for each controller (v1), that of memory first.
type folders struct {
	Unified bool
	Paths   []string
}

// groupPrefix begins every group's name; a pid and a number follow.
const groupPrefix = "lockstep-"

var groups atomic.Int64

// newGroup makes the group of a box, or none where there can't be one. Boxes that
// may write to folders of the host's that are in memory have none: what such files
// take is nobody's to count. Runs that are not watched have none, because they
// would pay more to enter than they are bounded by.
func newGroup(s Setup) (*group, error) {
	if !private(s.Tier) || s.Unwatched || slices.ContainsFunc(s.Writable, inMemory) {
		return nil, nil
	}
	above, err := groupsAbove()
	if err != nil {
		return nil, nil // said by the doctor
	}
	return above.make()
}

// inMemory says whether a path's file system keeps its files in memory.
func inMemory(path string) bool {
	var s unix.Statfs_t
	return unix.Statfs(path, &s) == nil && (s.Type == unix.TMPFS_MAGIC || s.Type == unix.RAMFS_MAGIC)
}

// make makes a group below the folders.
func (above folders) make() (*group, error) {
	for {
		g := &group{folders: folders{Unified: above.Unified}}
		name := fmt.Sprintf("%s%d-%d", groupPrefix, os.Getpid(), groups.Add(1))
		err := g.add(above, name)
		if err == nil {
			return g, nil
		}
		g.remove()
		// A grader of another process namespace has that number, or swept it.
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot make a control group: %w", err)
		}
	}
}

func (g *group) add(above folders, name string) error {
	for _, folder := range above.Paths {
		path := filepath.Join(folder, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
		g.Paths = append(g.Paths, path)
		lock, err := lockGroup(path)
		if err != nil {
			return err
		}
		g.locks = append(g.locks, lock)
		if _, err := os.Stat(path); err != nil {
			return err // swept before it was locked
		}
	}
	return nil
}

// lockGroup takes the lock by which a group's owner shows that it lives.
func lockGroup(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, os.NewSyscallError("flock", err)
	}
	return f, nil
}

// remove removes a group whose processes have ended. The kernel may need a moment
// to notice that they have.
func (g *group) remove() error {
	if g == nil {
		return nil
	}
	var failed error
	for _, path := range g.Paths {
		late := time.Now().Add(patience)
		for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
			err := unix.Rmdir(path)
			if err == unix.EBUSY && time.Now().Before(late) {
				time.Sleep(pause)
				continue
			}
			if err != nil && err != unix.ENOENT {
				failed = errors.Join(failed, fmt.Errorf("cannot remove a control group: %w", err))
			}
			break
		}
	}
	closeAll(g.locks)
	g.Paths, g.locks = nil, nil
	return failed
}

// sweep removes the groups of graders that were killed.
func (above folders) sweep() {
	for _, folder := range above.Paths {
		names, _ := filepath.Glob(filepath.Join(folder, groupPrefix+"*"))
		for _, name := range names {
			if lock, err := lockGroup(name); err == nil {
				unix.Rmdir(name) // refused while somebody is in it
				lock.Close()
			}
		}
	}
}

// groupsAbove finds where groups can be made: as near as possible to the group
// that this process is in, so that what bounds the grader bounds programs, too.
// Each place is tried by starting something in it.
var groupsAbove = sync.OnceValues(func() (folders, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return folders{}, err
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return folders{}, err
	}
	why := errors.New("no memory controller is there")
	for _, above := range places(string(mounts), string(own)) {
		above.sweep()
		if why = above.try(); why == nil {
			return above, nil
		}
	}
	return folders{}, why
})

// places lists the folders below which a group could be made, the best first. mounts
// and own are the mounts and the groups of this process, as in /proc/self.
func places(mounts, own string) []folders {
	var found []folders
	for dir, top := ownGroup(mounts, own, ""), unifiedAt(mounts); dir != "" && within(dir, top); dir = filepath.Dir(dir) {
		if names(dir, "cgroup.controllers", "memory") {
			found = append(found, folders{Unified: true, Paths: []string{dir}})
		}
		if dir == top {
			break
		}
	}
	if memory := ownGroup(mounts, own, "memory"); memory != "" {
		if pids := ownGroup(mounts, own, "pids"); pids != "" && pids != memory {
			found = append(found, folders{Paths: []string{memory, pids}})
		}
		found = append(found, folders{Paths: []string{memory}})
	}
	return found
}

// names says whether a file of a group in the unified hierarchy names a controller.
func names(dir, file, controller string) bool {
	text, err := os.ReadFile(filepath.Join(dir, file))
	return err == nil && slices.Contains(strings.Fields(string(text)), controller)
}

// give hands the controllers on to groups below, where nobody has done so. The
// kernel refuses that to who does not own the group, and to a group in which
// processes are, unless it is the topmost of all.
func (above folders) give() error {
	if !above.Unified {
		return nil
	}
	dir := above.Paths[0]
	for _, controller := range []string{"memory", "pids"} {
		const given = "cgroup.subtree_control"
		if names(dir, given, controller) || !names(dir, "cgroup.controllers", controller) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, given), []byte("+"+controller), 0); err != nil {
			return fmt.Errorf("cannot hand a controller on: %w", err)
		}
	}
	return nil
}

// hierarchy finds where a controller is mounted, and which group is at the top
// there; no controller is the unified hierarchy.
func hierarchy(mounts, controller string) (at, top string) {
	for line := range strings.Lines(mounts) {
		left, right, _ := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if len(l) < 5 || len(r) < 3 {
			continue
		}
		if controller == "" && r[0] == "cgroup2" || controller != "" && r[0] == "cgroup" && slices.Contains(strings.Split(r[2], ","), controller) {
			return l[4], l[3]
		}
	}
	return "", ""
}

func unifiedAt(mounts string) string {
	at, _ := hierarchy(mounts, "")
	return at
}

// ownGroup is the folder of this process's group; empty if it can't be seen.
func ownGroup(mounts, own, controller string) string {
	at, top := hierarchy(mounts, controller)
	if at == "" {
		return ""
	}
	for line := range strings.Lines(own) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 || !slices.Contains(strings.Split(parts[1], ","), controller) {
			continue
		}
		if inside, err := filepath.Rel(top, parts[2]); err == nil && inside != ".." && !strings.HasPrefix(inside, "../") {
			return filepath.Join(at, inside)
		}
	}
	return ""
}

// try starts a program in a group that is made for it.
func (above folders) try() error {
	if err := above.give(); err != nil {
		return err
	}
	g, err := above.make()
	if err != nil {
		return err
	}
	m, err := join(&g.folders)
	if err == nil {
		if err = m.bound(Defaults(), 0); err == nil {
			err = m.run([]string{"lockstep-box", canaryArgument})
		}
		m.close()
	}
	return errors.Join(err, g.remove())
}

// run runs this program in the group, with arguments, to its end.
func (m *membership) run(args []string) error {
	self, err := ownProgram()
	if err != nil {
		return err
	}
	return m.start(func() error {
		pid, err := syscall.ForkExec(self, args, &syscall.ProcAttr{Env: []string{atOnce}, Sys: m.born(&syscall.SysProcAttr{})})
		if err != nil {
			return fmt.Errorf("cannot start a program in a control group: %w", err)
		}
		var ws syscall.WaitStatus
		for {
			if _, err := syscall.Wait4(pid, &ws, 0, nil); err != syscall.EINTR {
				break
			}
		}
		if exitOf(ws) != (Exit{}) {
			return fmt.Errorf("a program in a control group ended with %+v", exitOf(ws))
		}
		return nil
	})
}

// start calls a function that starts a program of the group's, on a thread that
// may do so.
func (m *membership) start(f func() error) error {
	if m == nil || m.Unified {
		return f()
	}
	done := make(chan error)
	onOwnThread(func() {
		err := m.enter()
		if err == nil {
			err = f()
		}
		done <- err
	})
	return <-done
}

// onOwnThread calls a function on a thread that ends with it, and that is not the
// process's first: that one does not end, and stands for the process.
func onOwnThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != os.Getpid() {
			f()
			return
		}
		other := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(other)
			f()
		}()
		<-other
		runtime.UnlockOSThread()
	}()
}
