//go:build !portable

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"lockstep/grader/internal/box/internal/reexec"
)

// Above finds where groups can be made: as near as possible to the group
// that this process is in, so that what bounds the grader bounds programs, too.
// Each place is tried by starting something in it.
var Above = sync.OnceValues(func() (Folders, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return Folders{}, err
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return Folders{}, err
	}
	why := errors.New("no memory controller is there")
	for _, above := range places(string(mounts), string(own)) {
		above.Sweep()
		if why = above.try(); why == nil {
			return above, nil
		}
	}
	return Folders{}, why
})

// places lists the folders below which a group could be made, the best first. mounts
// and own are the mounts and the groups of this process, as in /proc/self.
func places(mounts, own string) []Folders {
	var found []Folders
	for dir, top := ownGroup(mounts, own, ""), unifiedAt(mounts); dir != ""; dir = filepath.Dir(dir) {
		if names(dir, "cgroup.controllers", "memory") {
			found = append(found, Folders{Unified: true, Paths: []string{dir}})
		}
		if dir == top {
			break
		}
	}
	if memory := ownGroup(mounts, own, "memory"); memory != "" {
		if pids := ownGroup(mounts, own, "pids"); pids != "" && pids != memory {
			found = append(found, Folders{Paths: []string{memory, pids}})
		}
		found = append(found, Folders{Paths: []string{memory}})
	}
	return found
}

// names reports whether a file of a group in the unified hierarchy names a controller.
func names(dir, file, controller string) bool {
	text, err := os.ReadFile(filepath.Join(dir, file))
	return err == nil && slices.Contains(strings.Fields(string(text)), controller)
}

// Delegate hands the controllers on to groups below, where nobody has done so. The
// kernel refuses that to who does not own the group, and to a group in which
// processes are, unless it is the topmost of all.
func (above Folders) Delegate() error {
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
		if inside, err := filepath.Rel(top, parts[2]); err == nil && filepath.IsLocal(inside) {
			return filepath.Join(at, inside)
		}
	}
	return ""
}

// try starts a program in a group that is made for it.
func (above Folders) try() error {
	if err := above.Delegate(); err != nil {
		return err
	}
	g, err := above.Make()
	if err != nil {
		return err
	}
	m, err := Join(&g.Folders, "")
	if err == nil {
		if err = m.Bound(1<<30, 1000); err == nil {
			err = m.Run(reexec.Name, reexec.Canary)
		}
		m.Close()
	}
	return errors.Join(err, g.Remove())
}
