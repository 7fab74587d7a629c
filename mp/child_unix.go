//go:build linux || darwin

package mp

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
)

// A child is one that this process has not reaped yet.
type child struct {
	pid     int
	pidfd   int // -1 where the system has none
	control int
}

// lastWords returns the line of what a dead child reported that says why.
func (c *child) lastWords() string {
	buf := make([]byte, 4096)
	n, err := unix.Read(c.control, buf)
	if n <= 0 || err != nil {
		return ""
	}
	for {
		m, err := unix.Read(c.control, buf[n:])
		if m <= 0 || err != nil {
			break
		}
		n += m
	}
	words := string(buf[:n])
	line, _, _ := strings.Cut(words, "\n")
	return line
}

func (c *child) signal(sig syscall.Signal) error {
	return os.NewSyscallError("kill", unix.Kill(c.pid, sig))
}

// reap takes the status of a child that has ended.
func (c *child) reap() (status, error) {
	var ws unix.WaitStatus
	var err error
	for {
		if _, err = unix.Wait4(c.pid, &ws, 0, nil); err != unix.EINTR {
			break
		}
	}
	if c.pidfd >= 0 {
		descriptor.Close(c.pidfd)
	}
	defer descriptor.Close(c.control)
	if err != nil {
		return status{}, os.NewSyscallError("wait4", err)
	}
	if ws.Signaled() {
		return status{code: -int(ws.Signal()), signal: ws.Signal(), line: c.lastWords()}, nil
	}
	s := status{code: ws.ExitStatus()}
	if s.code != 0 {
		s.line = c.lastWords()
	}
	return s, nil
}

const sigkill = unix.SIGKILL
