// Package detect reads what a run shows. In goes the record of a run; out come
// the races in it, what could go wrong in other runs like it, and for a run that
// went wrong the name of the mistake and the steps that show it. It changes
// nothing and runs nothing.
package detect

// Pattern names a known mistake.
type Pattern string

const (
	LostUpdate     Pattern = "lost update"         // a write overwrites one that it did not see
	OrderViolation Pattern = "order violation"     // one process relies on another being first
	CheckThenAct   Pattern = "check then act"      // what was checked has changed when it is acted on
	Deadlock       Pattern = "deadlock"            // processes wait for each other in a circle
	JoinFirst      Pattern = "join before receive" // who should receive waits for the sender to end
	SelfDeadlock   Pattern = "lock taken twice"    // a process waits for a lock that it holds
	NobodySends    Pattern = "nobody sends"        // a receive that no send can follow
	EndLeftOpen    Pattern = "end left open"       // a receive that waits for an end of file that never comes
	SameEnd        Pattern = "both at one end"     // who sends and who receives use the same end of a pipe
	TornLine       Pattern = "torn line"           // another process prints within a line that is printed in pieces
	MissingJoin    Pattern = "missing join"        // the result is used before the child has ended
	Livelock       Pattern = "livelock"            // processes go round for ever without getting on
	Starvation     Pattern = "wait without end"    // a semaphore, event, barrier or condition that nobody will fulfil
	Hang           Pattern = "hang"                // a process does not come to its next operation
	Crash          Pattern = "crash"               // a process died of a panic or a signal
	Killed         Pattern = "killed"              // a process was killed for no reason of its own, and the others don't make up for it
	Wrong          Pattern = "wrong result"        // none of the above

	// DataRace is two accesses that nothing orders. It is a finding, never a
	// failure by itself.
	DataRace Pattern = "data race"
)

// Finding is something dangerous that a run shows, whether or not it went wrong.
type Finding struct {
	Pattern Pattern
	Object  string
	Index   int    // of an array's element; -1
	Key     string // of a manager's entry
	Steps   []int  // a race: the two accesses; otherwise read, write, and the other's write
}
