//go:build unix

package shim

import (
	"fmt"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
)

// setLimits sets the limits that a process carries by itself. They bound one
// process each, so they only stand behind the limits on the whole tree.
func setLimits(limits []processLimit, get, set func(resource int, l *unix.Rlimit) error) error {
	for _, bound := range limits {
		var now unix.Rlimit
		err := get(bound.resource, &now)
		if err == nil {
			now = bound.within(now)
			err = set(bound.resource, &now)
		}
		if err != nil {
			return fmt.Errorf("cannot limit %s: %w", bound.name, err)
		}
	}
	return nil
}

// processLimit is one resource limit of one process.
type processLimit struct {
	name       string
	resource   int
	soft, hard uint64
}

// within is the limit where there is one already: what this machine's owner allows
// nobody can raise.
func (p processLimit) within(now unix.Rlimit) unix.Rlimit {
	hard := min(p.hard, now.Max)
	return unix.Rlimit{Cur: min(p.soft, hard), Max: hard}
}

// arenaRoom is what mp's shared arena takes as a sparse file: RLIMIT_FSIZE
// counts its length and not its pages, so no file limit may be below it.
const arenaRoom = 2 << 30

func processLimits(l facts.Limits) []processLimit {
	seconds := uint64(l.CPU.Seconds()) + 2
	file := uint64(max(l.FileSize, arenaRoom))
	return []processLimit{
		{"core files", unix.RLIMIT_CORE, 0, 0},
		{"processor time", unix.RLIMIT_CPU, seconds, seconds + 1},
		{"file size", unix.RLIMIT_FSIZE, file, file},
		{"open files", unix.RLIMIT_NOFILE, uint64(l.OpenFiles), uint64(l.OpenFiles)},
	}
}

// SpareTasks leaves room beyond the limit on threads, so that a look can see it
// exceeded.
const SpareTasks = 64
