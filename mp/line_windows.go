package mp

import (
	"errors"
	"os"
	"time"

	"lockstep/mp/trace"
)

// Windows has no sockets that carry handles: a program can't be observed there.
type line struct{}

var errNotObserved = errors.New("not on this system")

func lineAt(int) line                     { return line{} }
func termsOn(int) (trace.Terms, error)    { return trace.Terms{}, errNotObserved }
func takeLine(int, []byte) (line, error)  { return line{}, errNotObserved }
func newLine() (far, near int, err error) { return 0, 0, errNotObserved }
func (line) send([]byte, int) error       { return errNotObserved }
func (line) grant() (trace.Grant, error)  { return 0, errNotObserved }
func leaveAtOnce()                        { os.Exit(exitFailed) }
func doze(d time.Duration)                { time.Sleep(d) }
func monotonic() time.Duration            { return time.Duration(time.Now().UnixNano()) }
func processorTime() time.Duration        { return 0 }

// serveFirst is for Linux only.
func serveFirst(int) { leaveAtOnce() }
