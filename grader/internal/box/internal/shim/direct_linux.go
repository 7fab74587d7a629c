//go:build !portable

package shim

import (
	"errors"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/wire"
)

// StartDirectly starts the program without a shim. A thread of init's confines
// itself, for what confines a shim is a thread's own; it starts the program, and
// ends. The limits that belong to whole processes are set before the program's first
// step: its process asks to be traced, which lets it stop there until it is let go.
func StartDirectly(p Program, files []*os.File) (pid int, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()                             // for good: the thread must not do anything else
		if err = unix.Unshare(unix.CLONE_FS); err != nil { // a working directory of its own
			return
		}
		if _, err = p.confine(); err != nil {
			return
		}
		if pid, err = p.execute(files); err == nil {
			err = letGo(pid, p.Limits)
		}
	}()
	<-done
	if err != nil && pid > 0 {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
	}
	return pid, wire.Staged(starting, err)
}

// letGo bounds a process that has stopped before its first step, and lets it begin.
func letGo(pid int, l facts.Limits) error {
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
func limit(pid int, l facts.Limits) error {
	// Where the program has a user of its own, the kernel keeps it from starting
	// very many tasks before init looks for the first time.
	tasks := uint64(l.Threads + SpareTasks)
	call := func(resource int, set, get *unix.Rlimit) error {
		if err := unix.Prlimit(pid, resource, set, get); err != unix.ESRCH { // it is gone
			return err
		}
		return nil
	}
	return setLimits(append(processLimits(l), processLimit{"tasks", unix.RLIMIT_NPROC, tasks, tasks}),
		func(resource int, l *unix.Rlimit) error { return call(resource, nil, l) },
		func(resource int, l *unix.Rlimit) error { return call(resource, l, nil) })
}

// execute starts the program from a thread that is confined.
func (p *Program) execute(files []*os.File) (int, error) {
	fds := make([]uintptr, len(files))
	for i, f := range files {
		fds[i] = f.Fd()
	}
	return syscall.ForkExec(p.Path, p.Argv(), &syscall.ProcAttr{
		Files: fds, Env: p.Env, Sys: &syscall.SysProcAttr{Setsid: true, Ptrace: true},
	})
}
