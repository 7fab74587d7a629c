//go:build !portable

package box

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Where programs share the machine's processes, a supervisor lets them act on those of
// their run, and on no other. It sees in the call itself whom it is for, so that the
// call may go on.

// actions are calls on a process, and which of their arguments names it; 0 is whoever
// calls.
var actions = map[uint32]int{
	unix.SYS_PRLIMIT64: 0, unix.SYS_SETPRIORITY: 1,
	unix.SYS_SCHED_SETAFFINITY: 0, unix.SYS_SCHED_SETSCHEDULER: 0, unix.SYS_SCHED_SETPARAM: 0, unix.SYS_SCHED_SETATTR: 0,
}

// signals are such calls that send one, which a new Landlock refuses by itself.
var signals = map[uint32]int{
	unix.SYS_KILL: 0, unix.SYS_TKILL: 0, unix.SYS_TGKILL: 0, unix.SYS_RT_SIGQUEUEINFO: 0, unix.SYS_RT_TGSIGQUEUEINFO: 0, unix.SYS_PIDFD_OPEN: 0,
}

// fiosetown is FIOSETOWN.
const fiosetown = 0x8901

// onProcesses are the rules on these calls.
func onProcesses(withSignals bool) []unix.SockFilter {
	refuseUnless := func(number, argument, value uint32) []unix.SockFilter {
		return []unix.SockFilter{
			{Code: equal, Jf: 4, K: number},
			{Code: load, K: dataArgs + 8*argument},
			{Code: equal, Jt: 1, K: value},
			{Code: yield, K: refuse(unix.EPERM)},
			{Code: load, K: dataNumber},
		}
	}
	ask := func(p []unix.SockFilter, calls map[uint32]int) []unix.SockFilter {
		for number, argument := range calls {
			p = append(p,
				unix.SockFilter{Code: equal, Jf: 4, K: number},
				unix.SockFilter{Code: load, K: dataArgs + 8*uint32(argument)},
				unix.SockFilter{Code: equal, Jt: 1, K: 0},
				unix.SockFilter{Code: yield, K: unix.SECCOMP_RET_USER_NOTIF},
				unix.SockFilter{Code: load, K: dataNumber})
		}
		return p
	}
	p := ask(refuseUnless(unix.SYS_SETPRIORITY, 0, unix.PRIO_PROCESS), actions) // not all of a user's
	for _, number := range []uint32{unix.SYS_IOPRIO_SET, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES} {
		p = append(p, unix.SockFilter{Code: equal, Jf: 1, K: number}, unix.SockFilter{Code: yield, K: refuse(unix.EPERM)})
	}
	if !withSignals {
		return p
	}
	// Go's runtime interrupts its threads by SIGURG, many times in a second. Nobody is
	// harmed by one who does not wait for it.
	p = append(p,
		unix.SockFilter{Code: equal, Jf: 4, K: unix.SYS_TGKILL},
		unix.SockFilter{Code: load, K: dataArgs + 16},
		unix.SockFilter{Code: equal, Jf: 1, K: uint32(unix.SIGURG)},
		unix.SockFilter{Code: yield, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: load, K: dataNumber},
		unix.SockFilter{Code: equal, Jf: 1, K: unix.SYS_PIDFD_SEND_SIGNAL},
		unix.SockFilter{Code: yield, K: unix.SECCOMP_RET_USER_NOTIF})
	// A descriptor may have an owner, who is sent a signal when there is something to read.
	for _, owns := range []struct{ number, request uint32 }{
		{unix.SYS_FCNTL, unix.F_SETOWN}, {unix.SYS_FCNTL, unix.F_SETOWN_EX}, {unix.SYS_IOCTL, fiosetown}, {unix.SYS_IOCTL, unix.SIOCSPGRP},
	} {
		p = append(p,
			unix.SockFilter{Code: equal, Jf: 4, K: owns.number},
			unix.SockFilter{Code: load, K: dataArgs + 8},
			unix.SockFilter{Code: equal, Jf: 1, K: owns.request},
			unix.SockFilter{Code: yield, K: refuse(unix.EPERM)},
			unix.SockFilter{Code: load, K: dataNumber})
	}
	return ask(p, signals)
}

// act decides on a call on a process. goesOn says that the kernel may do it.
func act(c *call) (goesOn bool, outcome error) {
	if c.number == unix.SYS_PIDFD_SEND_SIGNAL {
		return false, signalBy(c)
	}
	argument, known := actions[uint32(c.number)]
	if !known {
		if argument, known = signals[uint32(c.number)]; !known {
			return false, unix.ENOSYS
		}
	}
	who := c.int(argument)
	if c.number == unix.SYS_KILL && who < -1 {
		return true, groupOfRun(-who)
	}
	return true, processOfRun(who)
}

// processOfRun says whether a process or a thread is of the run: init is above it.
func processOfRun(id int) error {
	for id > 1 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
		if err != nil {
			return unix.ESRCH
		}
		group, parent := 0, 0
		for line := range bytes.Lines(text) {
			if n, ok := bytes.CutPrefix(line, []byte("Tgid:")); ok {
				group, _ = strconv.Atoi(string(bytes.TrimSpace(n)))
			} else if n, ok := bytes.CutPrefix(line, []byte("PPid:")); ok {
				parent, _ = strconv.Atoi(string(bytes.TrimSpace(n)))
			}
		}
		if group == os.Getpid() {
			break // init itself is not
		}
		if parent == os.Getpid() {
			return nil
		}
		id = parent
	}
	return unix.EPERM
}

// groupOfRun says whether a group of processes is of the run: there is none with members
// of two sessions.
func groupOfRun(group int) error {
	for _, l := range descendants(0) {
		if is, err := unix.Getpgid(l.pid); err == nil && is == group {
			return nil
		}
	}
	return unix.EPERM
}

// signalBy sends a signal by a descriptor. Another thread may put another one in its
// place: so that init sends it.
func signalBy(c *call) error {
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
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", thread, fd))
	if err != nil {
		return 0, unix.EBADF
	}
	for line := range bytes.Lines(text) {
		if n, ok := bytes.CutPrefix(line, []byte("Pid:")); ok {
			if pid, err := strconv.Atoi(string(bytes.TrimSpace(n))); err == nil && pid > 0 {
				return pid, nil
			}
			return 0, unix.ESRCH // it is gone
		}
	}
	folder, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, fd))
	if name, ok := strings.CutPrefix(folder, "/proc/"); ok && err == nil {
		if pid, err := strconv.Atoi(name); err == nil {
			return pid, nil
		}
	}
	return 0, unix.EBADF
}
