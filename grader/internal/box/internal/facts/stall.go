package facts

// For is a kind of thing that a process can wait for.
type For string

const (
	ForChild  For = "child"  // that a child of its ends
	ForData   For = "data"   // that somebody writes to what it reads
	ForRoom   For = "room"   // that somebody reads what it writes
	ForCaller For = "caller" // that somebody connects
	ForLock   For = "lock"   // that somebody unlocks a file
)

// A Stall is what a process waited for when its time was over, from what the kernel shows
// of it.
type Stall struct {
	For  For
	What string // of ForData and ForRoom: "pipe", "socket", "terminal", "file"
	// Others are the processes that could have ended the wait: living children, or those
	// that had a pipe's other end open, the process itself among them where it had.
	Others []int
}
