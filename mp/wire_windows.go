package mp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lockstep/mp/internal/shm"
)

// A wire is one end of a pipe as the system sees it: here two anonymous pipes, one
// for each direction, read and written by blocking calls. They are bare handles
// without finalizers.
type wire struct{ in, out windows.Handle }

const (
	maxDescriptors = 253
	perConn        = 2
)

func newWires() (left, right wire, err error) {
	if err := windows.CreatePipe(&left.in, &right.out, nil, 1<<16); err != nil {
		return left, right, os.NewSyscallError("CreatePipe", err)
	}
	if err := windows.CreatePipe(&right.in, &left.out, nil, 1<<16); err != nil {
		windows.CloseHandle(left.in)
		windows.CloseHandle(right.out)
		return left, right, os.NewSyscallError("CreatePipe", err)
	}
	return left, right, nil
}

func (w wire) close() {
	windows.CloseHandle(w.in)
	windows.CloseHandle(w.out)
}

func (w wire) read(b []byte) error {
	for n := 0; n < len(b); {
		var m uint32
		err := windows.ReadFile(w.in, b[n:min(len(b), n+1<<30)], &m, nil)
		n += int(m)
		switch {
		case err == nil && m > 0:
		case err != nil && !hungUp(err):
			return os.NewSyscallError("ReadFile", err)
		case n == 0:
			return io.EOF
		default:
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

func (w wire) write(b []byte) error {
	for len(b) > 0 {
		var m uint32
		err := windows.WriteFile(w.out, b[:min(len(b), 1<<30)], &m, nil)
		b = b[m:]
		if hungUp(err) {
			return io.ErrClosedPipe
		}
		if err != nil {
			return os.NewSyscallError("WriteFile", err)
		}
	}
	return nil
}

func hungUp(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED)
}

func (w wire) writeLong(b []byte) error { return w.write(b) }

// readLong cannot tell that a sender died whose end others hold too.
func (w wire) readLong(b []byte, _ uint32) error { return w.read(b) }

var peekNamedPipe = windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")

// poll looks again and again: an anonymous pipe can't be waited for.
func (w wire) poll(d time.Duration) (bool, error) {
	end := time.Now().Add(d)
	for pause := shm.ShortestPause; ; pause = min(2*pause, shm.LongestPause) {
		var available uint32
		ok, _, err := peekNamedPipe.Call(uintptr(w.in), 0, 0, 0, uintptr(unsafe.Pointer(&available)), 0)
		switch {
		case ok == 0 && hungUp(err), available > 0:
			return true, nil
		case ok == 0:
			return false, os.NewSyscallError("PeekNamedPipe", err)
		case d >= 0 && time.Now().After(end):
			return false, nil
		}
		time.Sleep(pause)
	}
}

func (w wire) awaitSlot() error { return nil } // the rest comes the same way

func (w wire) stopWriting() {}
func (w wire) stopReading() {}

var errNoHandles = fmt.Errorf("connections through connections on Windows: %w", errors.ErrUnsupported)

func (w wire) writeDescriptors([]int) error { return errNoHandles }

func (w wire) readDescriptors() ([]int, error) { return nil, errNoHandles }

func (w wire) encode(e *encoder) { e.descriptors(int(w.in), int(w.out)) }

func (w *wire) decode(d *decoder) error {
	handles, err := d.descriptors(perConn)
	if err == nil {
		w.in, w.out = windows.Handle(handles[0]), windows.Handle(handles[1])
	}
	return err
}
