// Package trace is the language in which an observed program tells what its
// processes did: package mp writes events, the grader reads them. It knows
// nothing of how either of them works.
package trace

import "time"

// Kind says what an operation does.
type Kind uint8

const (
	Begin  Kind = iota + 1 // the process reached its target; first event of every process
	Exit                   // the process is about to end; Arg is its exit code
	Start                  // starts a child; Object is the child's process id
	Join                   // waits for a child; Object is the child's process id
	Signal                 // Terminate or Kill; Object is the child's process id
	Alive                  // asks whether a child runs; also ExitCode

	Lock    // acquires a lock, waiting for it
	TryLock // acquires a lock if it is free; Result is "true" or "false"
	Unlock

	Get // reads a shared value, or an array's element at Index
	Set

	Send
	Recv // Result is the message, or "EOF"
	Poll
	Close

	Call // one call to a manager; Method says which, Key what it touches

	Acquire // semaphore
	Release
	Wait // event, condition or barrier
	Notify

	Task // a pool worker runs one task; Object is the map's id, Index the item
	Map  // submits a map to a pool and waits for it

	Sleep
	Print // a write to standard output, where the program uses mp's
)

// Event is one operation of one process. Identities (Proc, Object) do not
// depend on the schedule: they are derived from who created what, in the
// creator's own program order.
type Event struct {
	Proc   string // "0" is the first process; "0.2" is its second child
	Op     int    // counts the operations of this process, from 1
	Kind   Kind
	Object string // "0#3": the third object that process "0" made
	Name   string // what the source calls the object, or where it was made: "main.go:12"
	Index  int    // array element, pool item; -1 where there is none
	Method string // Call only: "dict.set"
	Key    string // Call only: the printed key
	Arg    string // printed, at most 64 bytes
	Result string // printed, at most 64 bytes
	Hash   uint64 // of kind, object, index, key and argument, whole
	Site   Site   // where in the student's file

	Enter time.Duration // since the first process began: the call was made
	Leave time.Duration // … and returned; Leave-Enter is the time spent waiting
	CPU   time.Duration // processor time that the process had used at Enter
}

// Site is a place in a source file. File has no folder.
type Site struct {
	File string
	Line int
}
