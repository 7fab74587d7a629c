//go:build linux || darwin

package mp

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/trace"
)

// A line is a process's socket to its observer.
type line int

// lineAt is the line on a descriptor.
func lineAt(fd int) line { return line(fd) }

// termsOn takes what a line says of itself, which is there before the process is.
func termsOn(fd int) (trace.Terms, error) {
	b := make([]byte, trace.TermsSize)
	n, _, err := unix.Recvfrom(fd, b, unix.MSG_DONTWAIT)
	if err != nil {
		return trace.Terms{}, os.NewSyscallError("recvfrom", err)
	}
	unix.CloseOnExec(fd)
	if t, ok := trace.ParseTerms(b[:n]); ok {
		return t, nil
	}
	return trace.Terms{}, errDamaged
}

// takeLine takes the line on a descriptor. The first process makes one that is its
// own, which takes the other's place, and sends the far end. head begins the frame.
func takeLine(fd int, head []byte) (line, error) {
	if self.child {
		return line(fd), nil
	}
	far, near, err := newLine()
	if err != nil {
		return 0, err
	}
	err = line(fd).send(trace.Finish(append(head, self.path...)), near)
	unix.Close(near)
	descriptor.Replace(far, fd)
	unix.Close(far)
	return line(fd), err
}

// newLine makes a line for a process, and the observer's end of it.
func newLine() (far, near int, err error) {
	pair, err := descriptor.SocketPair()
	return pair[0], pair[1], err
}

// send sends frames, with a descriptor unless it is negative.
func (l line) send(b []byte, pass int) error {
	var rights []byte
	if pass >= 0 {
		rights = unix.UnixRights(pass)
	}
	for len(b) > 0 {
		n, err := unix.SendmsgN(int(l), b, rights, nil, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		b, rights = b[n:], nil
	}
	return nil
}

// grant waits for the answer to what was asked.
func (l line) grant() (trace.Grant, error) {
	var b [1]byte
	for {
		n, err := unix.Read(int(l), b[:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return trace.Grant(b[0]), nil
		}
	}
}

// leaveAtOnce ends this process as if it had been killed.
func leaveAtOnce() {
	for {
		unix.Kill(self.pid, unix.SIGKILL)
	}
}

// doze sleeps without a timer of the runtime's, which would open descriptors that a
// process without an observer has not got.
func doze(d time.Duration) { unix.Poll(nil, int(d.Milliseconds())) }

func monotonic() time.Duration { return clock(unix.CLOCK_MONOTONIC) }

// processorTime is what this process has used so far. Where its processor time is
// limited, Linux keeps the process's clock only as of the last tick, which may be
// milliseconds ago; asking for the thread's own clock brings both up to date.
func processorTime() time.Duration {
	clock(unix.CLOCK_THREAD_CPUTIME_ID)
	return clock(unix.CLOCK_PROCESS_CPUTIME_ID)
}

func clock(id int32) time.Duration {
	var ts unix.Timespec
	unix.ClockGettime(id, &ts)
	return time.Duration(ts.Nano())
}
