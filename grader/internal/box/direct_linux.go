//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// spareTasks leaves room beyond the limit on threads, so that a look can see it
// exceeded.
const spareTasks = 64

// startDirectly starts the program without a shim. A thread of init's confines
// itself, for what confines a shim is a thread's own; it starts the program, and
// ends. The limits that belong to whole processes are set before the program's first
// step: its process asks to be traced, which lets it stop there until it is let go.
func startDirectly(o order, files []*os.File) (pid int, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread must not do anything else
		s := shimOrderOf(o)
		if err = unix.Unshare(unix.CLONE_FS); err != nil { // a working directory of its own
			return
		}
		if _, err = s.confine(); err != nil {
			return
		}
		if pid, err = s.execute(o.Args, files); err == nil {
			err = letGo(pid, o.Limits)
		}
	}()
	<-done
	if err != nil && pid > 0 {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
	}
	return pid, staged("start the program", err)
}

// letGo bounds a process that has stopped before its first step, and lets it begin.
func letGo(pid int, l Limits) error {
	var status syscall.WaitStatus
	_, err := syscall.Wait4(pid, &status, 0, nil)
	for err == syscall.EINTR {
		_, err = syscall.Wait4(pid, &status, 0, nil)
	}
	if err != nil {
		return err
	}
	return errors.Join(limit(pid, l), syscall.PtraceDetach(pid))
}

// limit sets the limits of another process. The caller is of the same user, which is
// all that it takes.
func limit(pid int, l Limits) error {
	// Where the program has a user of its own, the kernel keeps it from starting
	// very many tasks before init looks for the first time.
	tasks := uint64(l.Threads + spareTasks)
	for _, bound := range append(processLimits(l), processLimit{"tasks", unix.RLIMIT_NPROC, tasks, tasks}) {
		var now unix.Rlimit
		err := unix.Prlimit(pid, bound.resource, nil, &now)
		if err == nil {
			now = bound.within(now)
			err = unix.Prlimit(pid, bound.resource, &now, nil)
		}
		if err != nil && err != unix.ESRCH {
			return fmt.Errorf("cannot limit %s: %w", bound.name, err)
		}
	}
	return nil
}

// execute starts the program from a thread that is confined.
func (s *shimOrder) execute(args []string, files []*os.File) (int, error) {
	fds := make([]uintptr, len(files))
	for i, f := range files {
		fds[i] = f.Fd()
	}
	return syscall.ForkExec(s.Program, append([]string{s.Name}, args...), &syscall.ProcAttr{
		Files: fds, Env: s.Env, Sys: &syscall.SysProcAttr{Setsid: true, Ptrace: true},
	})
}
