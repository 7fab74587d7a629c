//go:build unix

package box

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// What the machine's owner allows a user is the bound of every limit here. Below
// these, a program that is right could not start its processes or open its files,
// and would be blamed for it.
const (
	fewestTasks = 150 // processes and threads of the user's, all over the machine
	fewestFiles = 64
)

// tooFew is the error of a user who may have too little for any run, in any tier.
type tooFew struct {
	most, needed uint64
	what, flag   string
}

func (f *tooFew) Error() string {
	return fmt.Sprintf("this user may have only %d %s (ulimit -H %s), too few for programs of several processes: raise it to %d or more", f.most, f.what, f.flag, f.needed)
}

// allowed says why this user may have too little for any run.
func allowed() error {
	for _, a := range []struct {
		what, flag string
		resource   int
		fewest     uint64
	}{
		{"processes and threads", "-u", unix.RLIMIT_NPROC, fewestTasks},
		{"open files", "-n", unix.RLIMIT_NOFILE, fewestFiles},
	} {
		var l unix.Rlimit
		if a.resource == unix.RLIMIT_NPROC && os.Geteuid() == 0 {
			continue // bounds everybody but root
		}
		if err := unix.Getrlimit(a.resource, &l); err != nil {
			return os.NewSyscallError("getrlimit", err)
		}
		if l.Max < a.fewest {
			return &tooFew{l.Max, 2 * a.fewest, a.what, a.flag}
		}
	}
	return nil
}

// tasksARun is what the processes and threads of a run may come to that is explored,
// by as many workers as there are runs at once, and the grader's own beside it.
const tasksARun = 200

// AtOnce is how many of the runs that are wanted at one time this user may have: never
// less than one.
func AtOnce(want int) int {
	var l unix.Rlimit
	if os.Geteuid() == 0 || unix.Getrlimit(unix.RLIMIT_NPROC, &l) != nil || l.Max > uint64(want)*tasksARun {
		return want
	}
	return max(1, int(l.Max/tasksARun))
}
