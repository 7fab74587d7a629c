// Package stall says what processes that don't get on wait for, from what the kernel
// shows of them: the system call that each thread is in, and who has the other end of
// its pipe open. It changes nothing, and what it may not see it leaves out.
package stall

// For is what a process waits for.
type For string

const (
	Child  For = "child"  // that a child of its ends
	Data   For = "data"   // that somebody writes to what it reads
	Room   For = "room"   // that somebody reads what it writes
	Caller For = "caller" // that somebody connects
	Lock   For = "lock"   // that somebody unlocks a file
)

// A Stall is one process, and what it waits for.
type Stall struct {
	PID  int
	For  For
	What string // of Data and Room: "pipe", "socket", "terminal", "file"
	// Others are the processes that could end the wait: living children, or those that
	// have a pipe's other end open, the process itself among them where it has.
	Others []int
}
