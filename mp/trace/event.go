// Package trace is the language in which an observed program tells what its
// processes did: package mp writes events, the grader reads them. It knows
// nothing of how either of them works.
package trace

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says what an operation does.
type Kind uint8

const (
	Begin  Kind = iota + 1 // the process reached its target; first event of every process
	Exit                   // the process is about to end; Arg is its exit code
	Start                  // starts a child; Object is the child's process id, Name its target's, Key its own if it was given one
	Join                   // waits for a child; Object is the child's process id; of several, Object is that of the one that had ended
	Signal                 // Terminate, Interrupt or Kill; Object is the child's process id
	Alive                  // asks whether a child runs; also ExitCode and Children

	Lock    // acquires a lock, waiting for it; Outcome is Timeout where its time was over
	TryLock // acquires a lock if it is free; Outcome is OK or Timeout
	Unlock

	Get // reads a shared value, or an array's element at Index
	Set

	Send
	Recv // Result is the message, where Outcome is OK
	Poll // of several, Object is the end, or the child, that was there first
	Close

	Call // one call to a manager; Method says which, Key what it touches

	Acquire // semaphore
	Release
	Wait // event, condition or barrier
	Notify

	Task // a pool worker runs one task; Index is the item, or the number of the call of Go
	Map  // submits a map to a pool and waits for it; of "go" a call, whose number is Index, and does not wait

	Sleep
	Print // a write to standard output

	New  // made a shared object; Method is what it is, "value", Size how many it holds
	Take // a pool worker asks for its next items; Object is the pool's id
	Give // a pool worker hands over the results of what it took
	Next // a loop over results asks for the next one; Object is the pool's id; of "get", for that of call Index

	kinds // how many there are, and one
)

// Event is one operation of one process. Identities (Proc, Object) do not
// depend on the schedule: they are derived from who created what, in the
// creator's own program order.
type Event struct {
	Proc   string // "0" is the first process; "0.2" is its second child; see Successor
	Op     int    // counts the operations of this process, from 1
	Kind   Kind
	Object string // "0#3": the third object that process "0" made
	Name   string // what the source calls the object, or where it was made: "main.go:12"
	Index  int    // array element, pool item, call of Go; -1 where there is none
	Method string // which of several, where Kind does not say it: "dict.set", "queue.put", "barrier.wait"
	Key    string // Call: the printed key; New: what a pool's workers run first
	Arg    string // printed, at most 64 bytes
	Result string // printed, at most 64 bytes
	Hash   uint64 // of kind, object, index, key and argument, whole
	Site   Site   // where in the student's file

	Outcome Outcome `json:",omitempty"`

	Size    int           // bytes that a message takes; New: permits, parties, capacity or elements; Map: items
	Chunk   int           `json:",omitempty"` // Map: how many items a worker takes at a time
	Limit   time.Duration // how long the operation waits at most; 0: as long as it takes; negative: not at all
	Carries []string      // the ends of pipes that travel in a message or to a child; what is waited for, if it is several; Call: the keys, if there are several

	Enter time.Duration // since the first process began: the call was made
	Leave time.Duration // … and returned; Leave-Enter is the time spent waiting
	CPU   time.Duration // processor time that the process had used at Enter; asked before each operation, without that for being asked
}

// Outcome says how an operation ended, which its Result can't: a message may be "false"
// or "EOF".
type Outcome uint8

const (
	OK      Outcome = iota // it did what it is for
	Timeout                // its time, which may be none, was over before that
	EOF                    // nothing will ever come
	Failed                 // an error, which is the Result
)

var outcomeNames = [...]string{OK: "ok", Timeout: "timeout", EOF: "eof", Failed: "error"}

// String names the outcome in one lower-case word.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

// MarshalText writes the outcome as its name, for people who read reports.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("cannot read %q: no such outcome of an operation", text)
}

// Successor is the path of the process that takes the place of one that has ended:
// "0.2+1" that of "0.2", and "0.2+2" that of "0.2+1".
func Successor(path string) string {
	place, n := Place(path)
	return fmt.Sprintf("%s+%d", place, n+1)
}

// Place cuts a path into that of the first process in its place, and how many came
// between, with it.
func Place(path string) (first string, n uint64) {
	i := strings.LastIndexByte(path, '+')
	if n, err := strconv.ParseUint(path[i+1:], 10, 32); i > 0 && err == nil && n > 0 && strconv.FormatUint(n, 10) == path[i+1:] {
		return path[:i], n
	}
	return path, 0
}

// Site is a place in a source file. File has no folder.
type Site struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

var kindNames = [kinds]string{
	Begin: "begin", Exit: "exit", Start: "start", Join: "join", Signal: "signal", Alive: "alive",
	Lock: "lock", TryLock: "trylock", Unlock: "unlock", Get: "get", Set: "set",
	Send: "send", Recv: "recv", Poll: "poll", Close: "close", Call: "call",
	Acquire: "acquire", Release: "release", Wait: "wait", Notify: "notify",
	Task: "task", Map: "map", Sleep: "sleep", Print: "print",
	New: "new", Take: "take", Give: "give", Next: "next",
}

// String names the kind in one lower-case word.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "unknown"
}

// MarshalText writes the kind as its name, for people who read reports.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) && name != "" {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("cannot read %q: no such kind of operation", text)
}

// String gives the form that compilers use: "main.go:12", or "" for no place.
func (s Site) String() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
