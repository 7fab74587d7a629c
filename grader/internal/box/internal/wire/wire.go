//go:build unix

// Package wire carries messages, descriptors and failures between the grader, a box's
// init and its shims.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// largestBody bounds what either side will read: the table of a run is bounded, an
// order by what its caller put into it.
const largestBody = 64 << 20

// Failure is an error that crosses the socket.
type Failure struct {
	Stage string // what init was doing
	Text  string
}

// Staged is err as a Failure: the one that it has in it, or else one that names what was
// being done. nil stays nil.
func Staged(stage string, err error) error {
	var f *Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	}
	return &Failure{Stage: stage, Text: err.Error()}
}

func (f *Failure) Error() string { return fmt.Sprintf("cannot %s: %s", f.Stage, f.Text) }

// Conn is one end of the socket, as a blocking descriptor: init's side has no
// use for the runtime's poller, and the grader's reads are ended by shutdown.
type Conn struct {
	File   *os.File
	header [5]byte
}

// Pair returns the two ends; neither is inherited by accident.
func Pair() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(pair[0]), "box"), os.NewFile(uintptr(pair[1]), "box-init"), nil
}

func (w *Conn) FD() int { return int(w.File.Fd()) }

// Send writes one message. It is called by one goroutine at a time.
func (w *Conn) Send(kind byte, body any, files ...*os.File) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	message := make([]byte, 5, 5+len(data))
	message[0] = kind
	binary.BigEndian.PutUint32(message[1:], uint32(len(data)))
	message = append(message, data...)
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	for len(message) > 0 {
		n, err := unix.SendmsgN(w.FD(), message, rights, nil, noSignal)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		message, rights = message[n:], nil
	}
	return nil
}

// Receive reads one message and up to `most` descriptors; io.EOF when the other
// side is gone.
func (w *Conn) Receive(most int) (kind byte, body []byte, files []*os.File, err error) {
	defer func() {
		if err != nil {
			CloseAll(files)
			files = nil
		}
	}()
	control := make([]byte, unix.CmsgSpace(4*(most+1)))
	got := 0
	for got < len(w.header) {
		n, controls, flags, _, err := unix.Recvmsg(w.FD(), w.header[got:], control, closeOnExec)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return 0, nil, files, err
		}
		if controls > 0 {
			more, err := rights(control[:controls])
			files = append(files, more...)
			if err != nil {
				return 0, nil, files, err
			}
		}
		if flags&unix.MSG_CTRUNC != 0 {
			return 0, nil, files, errors.New("more descriptors than room for them")
		}
		if n == 0 {
			return 0, nil, files, io.EOF
		}
		got += n
	}
	size := binary.BigEndian.Uint32(w.header[1:])
	if size > largestBody {
		return 0, nil, files, fmt.Errorf("a message of %d bytes", size)
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(rawReader(w.FD()), body); err != nil {
		return 0, nil, files, err
	}
	return w.header[0], body, files, nil
}

// rights unpacks the descriptors of a control message.
func rights(control []byte) ([]*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return files, err
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files, nil
}

// rawReader reads a blocking descriptor.
type rawReader int

func (r rawReader) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(r), p)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// CloseAll closes files, of which some may be nil.
func CloseAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
