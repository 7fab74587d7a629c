//go:build !portable

package supervisor

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/seccomp"
)

// act decides on a call on a process: one of the run may be acted on, and no other. The
// call itself says whom it is for, so that it may go on. goesOn says that the kernel may do it.
func act(c *notification) (goesOn bool, outcome error) {
	if c.number == unix.SYS_PIDFD_SEND_SIGNAL {
		return false, signalBy(c)
	}
	argument, known := seccomp.Actions[uint32(c.number)]
	if !known {
		if argument, known = seccomp.Signals[uint32(c.number)]; !known {
			return false, unix.ENOSYS
		}
	}
	who := c.int(argument)
	if c.number == unix.SYS_KILL && who < -1 {
		return true, groupOfRun(-who)
	}
	return true, processOfRun(who)
}

// processOfRun reports whether a process or a thread is of the run: init is above it.
func processOfRun(id int) error {
	for id > 1 {
		s := proc.StatusOf(id)
		switch os.Getpid() {
		case s.Group:
			return unix.EPERM // init itself is not
		case s.Parent:
			return nil
		}
		if s.Group == 0 {
			return unix.ESRCH
		}
		id = s.Parent
	}
	return unix.EPERM
}

// groupOfRun reports whether a group of processes is of the run: there is none with members
// of two sessions.
func groupOfRun(group int) error {
	for _, l := range proc.Descendants(0) {
		if is, err := unix.Getpgid(l.PID); err == nil && is == group {
			return nil
		}
	}
	return unix.EPERM
}

// signalBy sends a signal by a descriptor. Another thread may put another one in its
// place: so that init sends it.
func signalBy(c *notification) error {
	if uint32(c.args[3]) != 0 {
		return unix.EINVAL
	}
	pid, err := processBy(int(c.thread), c.int(0))
	if err != nil {
		return err
	}
	if err := processOfRun(pid); err != nil {
		return err
	}
	return unix.Kill(pid, unix.Signal(c.int(1)))
}

// processBy tells whose a descriptor is: one made for a process, or its folder in /proc.
func processBy(thread, fd int) (int, error) {
	if n, ok := proc.Field(fmt.Sprintf("/proc/%d/fdinfo/%d", thread, fd), "Pid"); ok {
		if pid, err := strconv.Atoi(n); err == nil && pid > 0 {
			return pid, nil
		}
		return 0, unix.ESRCH // it is gone
	}
	folder, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, fd))
	if name, ok := strings.CutPrefix(folder, "/proc/"); ok && err == nil {
		if pid, err := strconv.Atoi(name); err == nil {
			return pid, nil
		}
	}
	return 0, unix.EBADF
}
