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
	for _, p := range descendantsOf(os.Getpid()) {
		found = append(found, "process "+p)
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
		{"/dev/shm", func(name string) bool { return strings.Contains(name, "lockstep") }},
		{"/sys/fs/cgroup", func(name string) bool { return strings.Contains(name, fmt.Sprintf("lockstep-%d", os.Getpid())) }},
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

// descendantsOf lists the processes below one, as "PID (COMMAND)".
func descendantsOf(root int) []string {
	children := map[int][]int{}
	names := map[int]string{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		var pid, parent int
		end := strings.LastIndexByte(string(text), ')')
		if end < 0 {
			continue
		}
		if _, err := fmt.Sscanf(string(text), "%d", &pid); err != nil {
			continue
		}
		var status string
		if _, err := fmt.Sscanf(string(text[end+1:]), "%s %d", &status, &parent); err != nil {
			continue
		}
		children[parent] = append(children[parent], pid)
		names[pid] = string(text[:end+1]) + " " + status
	}
	var found []string
	for next := children[root]; len(next) > 0; next = next[1:] {
		found = append(found, names[next[0]])
		next = append(next, children[next[0]]...)
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
