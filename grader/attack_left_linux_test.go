package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// leavable is what a run could leave behind on the machine, a text for each thing.
type leavable []string

// survey lists everything that a run could leave: processes that are this one's
// descendants (whatever leaves its parent falls to this process, see newGround),
// mounts, cgroups and users of the grader's, temporary files, shared memory.
func (g *ground) survey(t *testing.T) leavable {
	t.Helper()
	var found leavable
	for _, p := range childrenOf(os.Getpid()) {
		found = append(found, fmt.Sprintf("process %d (%s)", p.pid, p.name))
	}
	for _, kind := range []struct{ name, file, mark string }{
		{"mount", "/proc/self/mountinfo", "lockstep"}, {"segment", "/proc/sysvipc/shm", fmt.Sprint(0x10c57e9)},
		{"user", "/etc/passwd", ""}, {"user", "/etc/subuid", ""},
	} {
		text, _ := os.ReadFile(kind.file)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, kind.mark) {
				found = append(found, kind.name+" "+strings.TrimSpace(line))
			}
		}
	}
	for _, place := range []struct {
		root string
		ours func(name string) bool
	}{
		{g.temp, func(string) bool { return true }},
		{"/dev/shm", func(name string) bool { return strings.HasPrefix(name, "/dev/shm/lockstep") }},
		{"/sys/fs/cgroup", func(name string) bool { return strings.Contains(name, fmt.Sprintf("lockstep-%d-", os.Getpid())) }},
	} {
		_ = filepath.WalkDir(place.root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && name != place.root && place.ours(name) {
				found = append(found, "file "+name)
			}
			return nil
		})
	}
	return found
}

// leftBy is what is there now and was not before.
func (before leavable) leftBy(now leavable) []string {
	return slices.DeleteFunc(slices.Clone(now), func(s string) bool { return slices.Contains(before, s) })
}

// relative is a process below another.
type relative struct {
	pid, parent int
	name        string
	dead        bool // and not collected
}

// childrenOf lists the processes below one, its children first.
func childrenOf(root int) []relative {
	all := map[int][]relative{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		var p relative
		var status string
		open, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
		if open < 0 || end < open {
			continue
		}
		if _, err := fmt.Sscan(string(text[:open]), &p.pid); err != nil {
			continue
		}
		if _, err := fmt.Sscan(string(text[end+1:]), &status, &p.parent); err != nil {
			continue
		}
		p.name, p.dead = string(text[open+1:end]), status == "Z"
		// In a box a program's file has another name; what it is called remains.
		if argv, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline")); err == nil && len(argv) > 0 {
			name, _, _ := strings.Cut(string(argv), "\x00")
			p.name = filepath.Base(name)
			p.name = p.name[:min(len(p.name), 15)] // as the kernel cuts it
		}
		all[p.parent] = append(all[p.parent], p)
	}
	var found []relative
	for next := all[root]; len(next) > 0; next = next[1:] {
		found = append(found, next[0])
		next = append(next, all[next[0].pid]...)
	}
	return found
}

// adopt makes this process the one to which everything falls that outlives its
// parent, also a box's init that dies early.
func adopt(t *testing.T) {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); err != nil {
			t.Error(err)
		}
	})
}
