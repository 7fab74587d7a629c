//go:build darwin || portable

package proc

import (
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// process is one of the system's.
type process struct {
	pid, parent, group int
	begun              int64 // tells it from a later one of the same number
	zombie             bool
}

// seen are the processes of a run, also those that have left their
// parents and their session since.
var seen struct {
	sync.Mutex
	root  int
	begun map[int]int64 // by pid
}

// Descendants finds the run's processes: the root's session, what descends from any
// of it, and what did so once. Parents come before their children.
func Descendants(root int) []Stat {
	all := processes()
	seen.Lock()
	defer seen.Unlock()
	if seen.root != root {
		seen.root, seen.begun = root, map[int]int64{}
	}
	within := map[int]bool{}
	for grown := true; grown; {
		grown = false
		for _, f := range all {
			begun, known := seen.begun[f.pid]
			if f.pid != os.Getpid() && !within[f.pid] &&
				(f.pid == root || f.group == root || within[f.parent] || known && begun == f.begun) {
				within[f.pid], grown = true, true
				seen.begun[f.pid] = f.begun
			}
		}
	}
	var list []Stat
	listed := map[int]bool{}
	for len(list) < len(within) {
		for _, f := range all {
			if within[f.pid] && !listed[f.pid] && (!within[f.parent] || listed[f.parent]) {
				listed[f.pid] = true
				list = append(list, Stat{PID: f.pid, Parent: f.parent, Zombie: f.zombie, Threads: 1})
			}
		}
	}
	return list
}

// Env would read an environment, which is nobody else's to see there.
func Env(int) []string { return nil }

// KillTree kills the root's process group and everything that descends from it,
// again until nobody is left.
func KillTree(root int, empty <-chan struct{}) {
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		syscall.Kill(-root, syscall.SIGKILL)
		for _, l := range Descendants(root) {
			syscall.Kill(l.PID, syscall.SIGKILL)
		}
		select {
		case <-empty:
			return
		case <-time.After(pause):
		}
	}
}

// IsZombie reports whether a process has ended and was not waited for.
func IsZombie(pid int) bool {
	return slices.ContainsFunc(processes(), func(p process) bool { return p.pid == pid && p.zombie })
}

// WantsProcessor is not told on a Mac: nobody's waiting is cut short.
func WantsProcessor([]Stat) bool { return true }
