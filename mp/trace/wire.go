package trace

import (
	"encoding/binary"
	"errors"
	"time"
)

// An observed process and its observer speak over a stream socket of their own.
// What the process says comes in frames: a length, a mark, the run's key and a body. What the
// observer says is one Grant, a byte, for each Ask and each Stop.

// Variable is the environment variable that names the descriptor of a process's
// line, a socket on which it finds its Terms. The line of the first process is
// anybody's who has it, so that the process sends one of its own over it. A tool that
// runs programs gives every one of them a line, also where nobody listens: a program
// can't tell how it is run.
const Variable = "LOCKSTEP_MP_OBSERVER"

// Watch is a way to be observed.
type Watch byte

const (
	WatchNone  Watch = 'n' // nobody listens
	WatchIdle  Watch = 'i' // nobody listens, and what children and tasks are for is left out
	WatchPlant Watch = 'p' // … what children hand over is changed, and what they print is withheld
	WatchTell  Watch = 't' // processes say what they have done
	WatchAsk   Watch = 'a' // … and wait before each operation until they are let go
	WatchFork  Watch = 'f' // the process itself does nothing, but fork a first process for each byte on its line
)

// ForkFiles is how many descriptors come with such a byte: the first process's line, its
// standard output and its standard error, which stays open until the last of the run's
// processes is gone.
const ForkFiles = 3

// Terms are the first thing on a line, there before the process is.
type Terms struct {
	Watch Watch
	Base  time.Duration // the clock, when the first process began; 0 for that one
	Key   uint64        // in every frame of the run: what the program says by itself has it not
	// Lone says that the process was started with LoneSetting by the tool and not by
	// anybody who meant it. It is hidden from the program, and undone unless it asks
	// before each operation: then one process goes on at a time, and more threads would
	// only be started and stopped.
	Lone bool
}

// LoneSetting is the environment's part in Terms.Lone: a Go program starts with one
// thread. LoneVariable is its name.
const (
	LoneVariable = "GOMAXPROCS"
	LoneSetting  = LoneVariable + "=1"
)

// TermsSize is how many bytes they take.
const TermsSize = 18

// AppendTerms writes terms; ParseTerms reads them.
func AppendTerms(b []byte, t Terms) []byte {
	b = binary.LittleEndian.AppendUint64(append(b, byte(t.Watch)), uint64(t.Base))
	b = binary.LittleEndian.AppendUint64(b, t.Key)
	if t.Lone {
		return append(b, 1)
	}
	return append(b, 0)
}

// ParseTerms is described at AppendTerms. ok is false where it is none.
func ParseTerms(b []byte) (t Terms, ok bool) {
	if len(b) != TermsSize {
		return t, false
	}
	t = Terms{Watch(b[0]), time.Duration(binary.LittleEndian.Uint64(b[1:])), binary.LittleEndian.Uint64(b[9:]), b[17] != 0}
	switch t.Watch {
	case WatchNone, WatchIdle, WatchPlant, WatchTell, WatchAsk, WatchFork:
		return t, true
	}
	return t, false
}

// Mark says what a frame holds.
type Mark byte

const (
	Tell Mark = 'e' // an Event that has been made; Leave < Enter: it is still going on, and will be told again
	Ask  Mark = 'a' // an Answer, then an Event that is about to be made: a Grant is waited for
	Stop Mark = 's' // the operation can't return before others did their part: a Grant is waited for
	Back Mark = 'b' // an Answer to what was asked last: the process will not ask again
	Born Mark = 'c' // a child, or a dead one's successor, is being started: its path; its socket rides along
	Aide Mark = 'h' // … a child of the library's own, which makes no operations
	Many Mark = 'm' // several goroutines of the process make operations
	Lost Mark = 'x' // there was too much to tell
)

// Grant is how a process is let go.
type Grant byte

const (
	Ready Grant = 1 << iota // what it waits for is there; otherwise its time is over
	Twice                   // it stops again before the operation returns
	Idle                    // a Begin or a Task: what the process or the task is for is left out
	Plant                   // … what it hands over is changed
	Die                     // it is killed where it stands
	Going Grant = 1 << 7    // always set
)

// Head is how long the beginning of a frame is, and Most how long a whole one can be.
const (
	Head = 13
	Most = 64 << 10
)

// AppendHead begins a frame; Finish writes its length.
func AppendHead(b []byte, m Mark, key uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, 0, 0, 0, 0, byte(m)), key)
}

// Finish completes a frame that begins at b[0].
func Finish(b []byte) []byte {
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}

// Cut takes a frame off the front of what has arrived. ok is false while there
// is none. One with another key is an error.
func Cut(b []byte, key uint64) (m Mark, body, rest []byte, ok bool, err error) {
	if len(b) < Head {
		return 0, nil, b, false, nil
	}
	n := binary.LittleEndian.Uint32(b)
	if n < Head || n > Most || binary.LittleEndian.Uint64(b[5:]) != key {
		return 0, nil, nil, false, errFrame
	}
	if uint32(len(b)) < n {
		return 0, nil, b, false, nil
	}
	return Mark(b[4]), b[Head:n], b[n:], true, nil
}

var errFrame = errors.New("what the program says of itself is not in order")

// Answer is what came of an operation that was let go.
type Answer struct {
	Made    bool // there was one
	Object  string
	Result  string
	Outcome Outcome
	Took    time.Duration // processor time of the process; of a Call, which another works on, real time
}

// AppendAnswer writes an answer; AppendEvent an event, without its process, which
// the socket tells.
func AppendAnswer(b []byte, a *Answer) []byte {
	if !a.Made {
		return append(b, 0)
	}
	b = text(text(append(b, 1, byte(a.Outcome)), a.Object), a.Result)
	return binary.AppendVarint(b, int64(a.Took))
}

// AppendEvent is described at AppendAnswer.
func AppendEvent(b []byte, e *Event) []byte {
	b = append(b, byte(e.Kind), byte(e.Outcome))
	b = binary.AppendUvarint(b, uint64(e.Op))
	b = binary.AppendVarint(b, int64(e.Index))
	b = binary.LittleEndian.AppendUint64(b, e.Hash)
	for _, s := range []string{e.Object, e.Name, e.Method, e.Key, e.Arg, e.Result, e.Site.File} {
		b = text(b, s)
	}
	for _, n := range []int64{int64(e.Site.Line), int64(e.Size), int64(e.Chunk), int64(e.Limit), int64(e.Enter), int64(e.Leave), int64(e.CPU)} {
		b = binary.AppendVarint(b, n)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Carries)))
	for _, s := range e.Carries {
		b = text(b, s)
	}
	return b
}

func text(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// A Reader takes what AppendAnswer and AppendEvent wrote off a frame's body. After
// an error everything that it returns is zero.
type Reader struct {
	b   []byte
	Err error
}

// NewReader reads a body.
func NewReader(body []byte) *Reader { return &Reader{b: body} }

// Answer reads an answer.
func (r *Reader) Answer() (a Answer) {
	if a.Made = r.octet() != 0; a.Made {
		a.Outcome, a.Object, a.Result, a.Took = r.outcome(), r.text(), r.text(), time.Duration(r.signed())
	}
	return a
}

// Event reads an event.
func (r *Reader) Event() (e Event) {
	e.Kind, e.Outcome = Kind(r.octet()), r.outcome()
	e.Op = int(r.unsigned())
	e.Index = int(r.signed())
	if b := r.take(8); b != nil {
		e.Hash = binary.LittleEndian.Uint64(b)
	}
	for _, s := range []*string{&e.Object, &e.Name, &e.Method, &e.Key, &e.Arg, &e.Result, &e.Site.File} {
		*s = r.text()
	}
	e.Site.Line, e.Size, e.Chunk = int(r.signed()), int(r.signed()), int(r.signed())
	for _, d := range []*time.Duration{&e.Limit, &e.Enter, &e.Leave, &e.CPU} {
		*d = time.Duration(r.signed())
	}
	n := r.unsigned()
	if n > uint64(len(r.b)) {
		r.fail()
	}
	for ; n > 0 && r.Err == nil; n-- {
		e.Carries = append(e.Carries, r.text())
	}
	if r.Err != nil {
		return Event{}
	}
	return e
}

func (r *Reader) fail() { r.b, r.Err = nil, errFrame }

func (r *Reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *Reader) octet() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// outcome reads one of those that there are.
func (r *Reader) outcome() Outcome {
	o := Outcome(r.octet())
	if int(o) >= len(outcomeNames) {
		r.fail()
		return OK
	}
	return o
}

func (r *Reader) text() string { return string(r.take(r.unsigned())) }

func (r *Reader) unsigned() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *Reader) signed() int64 {
	x, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return x
}
