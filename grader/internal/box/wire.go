package box

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

// The grader and a box's init speak over one stream socket: a length, a kind
// and a JSON body each way. Descriptors ride on the first byte of their message.
const (
	kindSetup  = 'S' // grader → init: terms; answered by kindReady or kindFailed
	kindRun    = 'R' // grader → init: an order, with its descriptors
	kindListen = 'L' // grader → init: answered by kindListen with a descriptor, or kindFailed
	kindCut    = 'C' // grader → init: a Hit that the grader saw; ends the run
	kindReady  = 'r' // init → grader: the place stands
	kindReport = 'o' // init → grader: an Observation without its streams
	kindFailed = 'f' // init → grader: a failure: the grader's fault, never the program's
)

// largestBody bounds what either side will read: the table of a run is bounded
// by tableSize, an order by what its caller put into it.
const largestBody = 64 << 20

// order is one run, as init gets it. Its descriptors are standard input, output
// and error, and then the files.
type order struct {
	Program string
	Args    []string
	Env     []string
	Dir     string
	Fixed   []string
	Gather  string
	Files   int
	Limits  Limits

	file    string // where the program stands for the shim; init fills these in
	root    string // as in shimOrder
	user    int
	private bool
	settled bool
	group   *membership
	outside *outside
	fence   *os.File

	supervisor *supervisor // nil: there is nobody whom it could reach, or nobody can keep it from that
	scoped     bool        // as in shimOrder
}

// terms are what init is started on.
type terms struct {
	Setup
	User  int      // the user that programs become; 0: init's own
	Group *folders // where programs' memory is counted; nil: nowhere
	// Folder is of the box's own, on the host, for tiers that have no other place.
	Folder string
}

// failure is an error that crosses the socket.
type failure struct {
	Stage string // what init was doing
	Text  string
}

func (f *failure) Error() string { return fmt.Sprintf("cannot %s: %s", f.Stage, f.Text) }

// wire is one end of the socket, as a blocking descriptor: init's side has no
// use for the runtime's poller, and the grader's reads are ended by shutdown.
type wire struct {
	file   *os.File
	header [5]byte
}

// socketpair returns the two ends; neither is inherited by accident.
func socketpair() (ours, theirs *os.File, err error) {
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

func (w *wire) fd() int { return int(w.file.Fd()) }

// send writes one message. It is called by one goroutine at a time.
func (w *wire) send(kind byte, body any, files ...*os.File) error {
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
		n, err := unix.SendmsgN(w.fd(), message, rights, nil, noSignal)
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

// receive reads one message and up to `most` descriptors; io.EOF when the other
// side is gone.
func (w *wire) receive(most int) (kind byte, body []byte, files []*os.File, err error) {
	defer func() {
		if err != nil {
			closeAll(files)
			files = nil
		}
	}()
	control := make([]byte, unix.CmsgSpace(4*(most+1)))
	got := 0
	for got < len(w.header) {
		n, controls, flags, _, err := unix.Recvmsg(w.fd(), w.header[got:], control, closeOnExec)
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
	if _, err := io.ReadFull(rawReader(w.fd()), body); err != nil {
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

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
