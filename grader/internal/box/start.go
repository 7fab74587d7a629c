//go:build unix

package box

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// starting is a shim that has bounded itself and waits for a word before it
// becomes the program.
type starting struct {
	pid  int
	talk *os.File // the box's end of a pair of sockets; the shim's closes when the program is executed
}

// startShim starts a shim and returns once it is ready to become the program.
func startShim(o order, files []*os.File) (*starting, error) {
	self, err := ownProgram()
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketpair()
	if err != nil {
		return nil, staged("start the program", err)
	}
	s := shimOrderOf(o)
	s.Talk = len(files)
	inherited := append(slices.Clone(files), theirs)
	if o.fence != nil {
		s.Fence = len(inherited)
		inherited = append(inherited, o.fence)
	}
	body, err := json.Marshal(s)
	var pid int
	if err == nil {
		var fds []uintptr
		for _, f := range inherited {
			fds = append(fds, f.Fd())
		}
		pid, err = syscall.ForkExec(self, append([]string{"lockstep-box", shimArgument, string(body)}, o.Args...), &syscall.ProcAttr{
			Files: fds,
			Env:   []string{"GORACE=atexit_sleep_ms=0"},
			Sys:   o.group.born(&syscall.SysProcAttr{Setsid: true}),
		})
	}
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, staged("start the program", err)
	}
	shim := &starting{pid: pid, talk: ours}
	word := make([]byte, 1)
	control := make([]byte, unix.CmsgSpace(4))
	n, with, _, _, err := unix.Recvmsg(int(ours.Fd()), word, control, closeOnExec)
	for err == unix.EINTR {
		n, with, _, _, err = unix.Recvmsg(int(ours.Fd()), word, control, closeOnExec)
	}
	if n == 1 && word[0] == shimReady {
		hears, err := rights(control[:with])
		if err == nil {
			o.supervisor.begin(hears, pid)
			return shim, nil
		}
		shim.end()
		return nil, staged("start the program", err)
	}
	err = shim.failure(bytes.TrimRight(word, "\x00")...)
	shim.end()
	return nil, err
}

func shimOrderOf(o order) *shimOrder {
	return &shimOrder{
		Program: cmp.Or(o.file, o.Program), Name: filepath.Base(o.Program), Dir: o.Dir, Limits: o.Limits, Env: o.Env,
		Guarded: guarded(), Root: o.root, User: o.user, Private: o.private, Settled: o.settled,
		Supervised: o.supervisor != nil, Scoped: o.scoped,
	}
}

// argvFor is how the program is called.
func argvFor(o order) []string { return append([]string{filepath.Base(o.Program)}, o.Args...) }

// Words between a box's init and a shim. A shim that fails says why instead.
const (
	shimReady = 1
	shimGo    = 2
)

// allow lets the shim become the program.
func (s *starting) allow() error {
	_, err := s.talk.Write([]byte{shimGo})
	return staged("start the program", err)
}

// said returns why the shim failed, given what was read of it already, or nil
// when it became the program.
func (s *starting) said(already []byte) error {
	why, err := io.ReadAll(s.talk)
	if why = append(already, why...); err == nil && len(why) > 0 {
		err = errors.New(string(why))
	}
	return staged("start the program", err)
}

// failure says why a shim that is dead never became the program.
func (s *starting) failure(already ...byte) error {
	if err := s.said(already); err != nil {
		return err
	}
	return staged("start the program", errors.New("its shim died"))
}

// end ends a shim that has not become the program.
func (s *starting) end() {
	syscall.Kill(s.pid, syscall.SIGKILL)
	syscall.Wait4(s.pid, nil, 0, nil)
	s.talk.Close()
}
