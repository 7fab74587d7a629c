//go:build unix

package shim

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"syscall"

	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/wire"
)

// starting is what a failure was at.
const starting = "start the program"

// Shim is one that has bounded itself and waits for a word before it
// becomes the program.
type Shim struct {
	PID  int
	conn *wire.Conn // the shim's end closes when the program is executed
}

// Start starts a shim and returns once it is ready to become the program.
func Start(p Program, files []*os.File) (*Shim, error) {
	self, err := reexec.Program()
	if err != nil {
		return nil, err
	}
	ours, theirs, err := wire.Pair()
	if err != nil {
		return nil, wire.Staged(starting, err)
	}
	p.Talk = len(files)
	inherited := append(slices.Clone(files), theirs)
	if p.Opens != nil {
		p.Landlock = len(inherited)
		inherited = append(inherited, p.Opens)
	}
	body, err := json.Marshal(p)
	var pid int
	if err == nil {
		var fds []uintptr
		for _, f := range inherited {
			fds = append(fds, f.Fd())
		}
		pid, err = syscall.ForkExec(self, append([]string{reexec.Name, reexec.Shim, string(body)}, p.Args...), &syscall.ProcAttr{
			Files: fds,
			Env:   []string{reexec.AtOnce},
			Sys:   p.Group.Born(&syscall.SysProcAttr{Setsid: true}),
		})
	}
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, wire.Staged(starting, err)
	}
	s := &Shim{PID: pid, conn: &wire.Conn{File: ours}}
	kind, listeners, err := s.next()
	if kind == ready {
		p.Supervisor.Begin(listeners, pid)
		return s, nil
	}
	s.End()
	return nil, died(err)
}

// Allow lets the shim become the program.
func (s *Shim) Allow() error { return wire.Staged(starting, s.conn.Send(goAhead, nil)) }

// Executed waits until the shim has become the program, or is dead, and returns why it
// failed, if it said so.
func (s *Shim) Executed() error {
	_, _, err := s.next()
	if err == io.EOF {
		return nil
	}
	return wire.Staged(starting, err)
}

// Failure says why a shim that is dead never became the program.
func (s *Shim) Failure() error {
	_, _, err := s.next()
	return died(err)
}

// next returns the shim's next message; io.EOF when it has become the program or is dead.
func (s *Shim) next() (kind byte, files []*os.File, err error) {
	kind, body, files, err := s.conn.Receive(1)
	if err == nil && kind == failed {
		why := &wire.Failure{}
		err = cmp.Or(json.Unmarshal(body, why), error(why))
	}
	return kind, files, err
}

// died is why a shim ended, as far as is known.
func died(err error) error {
	if err == nil || err == io.EOF {
		err = errors.New("its shim died")
	}
	return wire.Staged(starting, err)
}

// End ends a shim that has not become the program.
func (s *Shim) End() {
	syscall.Kill(s.PID, syscall.SIGKILL)
	syscall.Wait4(s.PID, nil, 0, nil)
	s.Close()
}

// Close lets go of a shim that has become the program.
func (s *Shim) Close() { s.conn.File.Close() }
