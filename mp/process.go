package mp

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"lockstep/mp/trace"
)

// A Process is a child of this process, from Start, or this process itself, from
// Current. Its methods may be called from several goroutines.
type Process struct {
	name  string
	path  string // "0.2": the second child of the first process
	pid   int
	child bool // Current only: a parent started this process

	service bool // of the library's own, which makes no operations

	mu     sync.Mutex // held while the child is reaped or signalled, never while waiting
	handle *child     // nil for this process itself
	reaped bool
	err    error // what Join returns, once reaped
	code   int
}

// self is this process.
var self = &Process{name: "main", path: "0", pid: syscall.Getpid()}

// started counts the children of this process.
var started atomic.Uint32

// Current returns the process that runs the caller. Its Name is "main" in a
// program's first process.
func Current() *Process { return self }

// PID returns the process id that the system gave.
func (p *Process) PID() int { return p.pid }

// Name returns the name of the process: as Named gave it, or its target's name and which
// child of its parent it is, "worker-3".
func (p *Process) Name() string { return p.name }

// An ExitError says how a process ended, if not with exit code 0.
type ExitError struct {
	Name   string
	PID    int
	Code   int            // exit code; -1 when a signal ended the process
	Signal syscall.Signal // 0 when the process exited by itself
	Line   string         // what the process last said on standard error: its target's error or its panic; often empty
}

func (e *ExitError) Error() string {
	how := "exited with code " + strconv.Itoa(e.Code)
	if e.Signal != 0 {
		how = "was ended by a signal: " + e.Signal.String()
	}
	s := fmt.Sprintf("%s (pid %d) %s", e.Name, e.PID, how)
	if e.Line != "" {
		s += ": " + e.Line
	}
	return s
}

var errSelf = errors.New("a process cannot join itself")

// Join waits for the process to end, however long that takes. It returns nil when
// its exit code is 0, and otherwise an *ExitError. Joining again returns the same
// at once.
//
// A process that waits to send to its joiner never ends: receive first, then
// join.
func (p *Process) Join() (err error) {
	if p.handle == nil {
		return errSelf
	}
	if observed {
		perform(operation{kind: trace.Join, object: p.path, name: p.name, index: -1}, func(op *operation) {
			_, err = p.await(-1)
			op.ended(true, err)
		})
		return err
	}
	_, err = p.await(-1)
	return err
}

// JoinTimeout is Join that waits for at most d. When the process is still running
// then, done is false and err nil. A d of zero or less asks without waiting.
func (p *Process) JoinTimeout(d time.Duration) (done bool, err error) {
	if p.handle == nil {
		return false, errSelf
	}
	d = max(d, 0)
	if observed {
		perform(operation{kind: trace.Join, object: p.path, name: p.name, index: -1, limit: limited(d)}, func(op *operation) {
			done, err = p.await(op.most(d))
			op.ended(done, err)
			op.result = done
		})
		return done, err
	}
	return p.await(d)
}

// Alive reports whether the process is running. A process that is found to have
// ended is joined by the way. It never waits.
func (p *Process) Alive() (alive bool) {
	if p.handle == nil {
		return true
	}
	if observed {
		perform(operation{kind: trace.Alive, object: p.path, name: p.name, index: -1}, func(op *operation) {
			done, _ := p.await(op.most(0))
			alive = !done
			op.result = alive
		})
		return alive
	}
	done, _ := p.await(0)
	return !done
}

// ExitCode returns the exit code of a process that has ended, or the negated
// number of the signal that ended it. While the process runs, exited is false. It
// never waits.
func (p *Process) ExitCode() (code int, exited bool) {
	if p.handle == nil {
		return 0, false
	}
	if observed {
		perform(operation{kind: trace.Alive, object: p.path, name: p.name, index: -1}, func(op *operation) {
			exited, _ = p.await(op.most(0))
			op.result = !exited
		})
	} else {
		exited, _ = p.await(0)
	}
	if !exited {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code, true
}

// Terminate is the signal that Process.Terminate sends, and kill: SIGTERM. Who wants to
// come to an end of its own catches it, and os.Interrupt, which is Ctrl-C, by
//
//	signal.Notify(c, os.Interrupt, mp.Terminate)
const Terminate = syscall.SIGTERM

// Terminate asks the process to end, by SIGTERM; a target that does not catch the
// signal ends at once. It does not wait: Join afterwards. Terminating a process
// that has ended does nothing.
func (p *Process) Terminate() error { return p.signal(syscall.SIGTERM) }

// Interrupt asks the process to end, by SIGINT, as Ctrl-C does; otherwise it is like
// Terminate. A program that was started with SIGINT ignored, as a shell's script starts
// those in its background, has children that ignore it too.
func (p *Process) Interrupt() error { return p.signal(syscall.SIGINT) }

// Kill ends the process by SIGKILL, which it can't catch. Locks that it holds are
// taken over by others. It does not wait: Join afterwards. Killing a process that
// has ended does nothing.
func (p *Process) Kill() error { return p.signal(syscall.SIGKILL) }

func (p *Process) signal(sig syscall.Signal) (err error) {
	if observed {
		perform(operation{kind: trace.Signal, object: p.path, name: p.name, index: -1, arg: sig}, func(op *operation) {
			err = p.deliver(sig)
			op.ended(true, err)
		})
		return err
	}
	return p.deliver(sig)
}

func (p *Process) deliver(sig syscall.Signal) error {
	if p.handle == nil {
		return signalSelf(sig)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return nil // its pid may be another's by now
	}
	return p.handle.signal(sig)
}

// await waits until the child has ended, for at most d when d is not negative,
// and reaps it.
func (p *Process) await(d time.Duration) (bool, error) {
	p.mu.Lock()
	reaped, err := p.reaped, p.err
	p.mu.Unlock()
	if reaped {
		return true, err
	}
	if ended, err := p.handle.await(d); err != nil || !ended {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return true, p.err
	}
	status, err := p.handle.reap()
	if err != nil {
		p.err = fmt.Errorf("cannot learn how %s (pid %d) ended: %w", p.name, p.pid, err)
		p.code = -1
	} else if p.code = status.code; status.code != 0 {
		e := &ExitError{Name: p.name, PID: p.pid, Code: status.code, Line: status.line}
		if status.signal != 0 {
			e.Signal, e.Code = status.signal, -1
		}
		p.err = e
	}
	p.reaped = true
	children.remove(p)
	return true, p.err
}
