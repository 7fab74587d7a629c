//go:build !portable

package filestep

import (
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
)

// callsHere are calls that only this architecture has.
var callsHere = map[uint64][]change{
	unix.SYS_OPEN:    opens(0),
	unix.SYS_CREAT:   {named(facts.Creates, 0), named(facts.Writes, 0)},
	unix.SYS_MKDIR:   makes(0),
	unix.SYS_LINK:    makes(1),
	unix.SYS_SYMLINK: makes(1),
	unix.SYS_RENAME:  {named(facts.Removes, 0), named(facts.Creates, 1)},
	unix.SYS_UNLINK:  {named(facts.Removes, 0)},
	unix.SYS_RMDIR:   {named(facts.Removes, 0)},
}

const statCall = unix.SYS_NEWFSTATAT
