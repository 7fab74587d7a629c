package trace

import "fmt"

// An Operation is a row of the table of all that processes can do: what it is, whatever
// becomes of it. Who reads events goes by the table; what an operation does to the state
// of its object, the grader's model says, which has a rule for each row.
type Operation struct {
	ID     int    // the row
	Kind   Kind   // what is done, in general
	Method string // … and which of several of that kind, as Event.Method has it
	On     Class  // what it is done to
	Call   string // how a program calls it: "Put"; "" where it does not
	Does   string // … and how a sentence tells it; %s is the object
	State  State  // what a process does that takes its time in it; "" it takes none
	Traits Trait
}

// Class is a sort of objects.
type Class uint8

const (
	OnProcess Class = iota + 1
	OnOutput
	OnClock
	OnCell // a value, an element of an array, or an event's flag
	OnLock
	OnRWLock
	OnPipe
	OnQueue
	OnSemaphore
	OnEvent
	OnBarrier
	OnCond
	OnManager
	OnList
	OnDict
	OnPool
)

// State is what a process does for a while.
type State string

const (
	Running    State = "running"
	ForLock    State = "waiting for a lock"
	ForMessage State = "waiting for a message"
	ForJoin    State = "waiting to join"
	ForTask    State = "waiting for a task" // or, in the process that maps, for the results
	ForManager State = "waiting for a manager"
	ForSignal  State = "waiting for an event" // semaphores, conditions, barriers
	Asleep     State = "sleeping"
	StartingUp State = "starting" // before its target was reached
)

// Trait is a set of facts about an operation.
type Trait uint16

const (
	Blocks Trait = 1 << iota // it can have to wait until others have done their part
	Limits                   // … for so long at most, if it says so
	Tries                    // it returns at once, and says whether it has
	Parts                    // it is made in two parts: others must do theirs between
	Reads                    // it learns what a place holds: a value, an element, an entry
	Writes                   // it changes it
	Whole                    // … of a list or dict as a whole
	Looks                    // it learns of others by what it finds, and would have been made without them
	Passes                   // it comes after the steps that have ended its wait
	Shares                   // of a lock: others who share it may hold it too
	Idles                    // if its like comes again and again, it leaves everything as it was
	Any                      // it waits for the first of several, which Carries has
)

// Has reports whether an operation has all of these traits.
func (o *Operation) Has(t Trait) bool { return o.Traits&t == t }

// Operations is the table. A new operation is a row here, a rule of the grader's model
// and the calls in package mp.
var Operations = []Operation{
	{Kind: Begin, On: OnProcess, Does: "begins"},
	{Kind: Exit, On: OnProcess, Does: "ends"},
	{Kind: Start, On: OnProcess, Call: "Start", Does: "starts %s"},
	{Kind: Start, Method: "named", On: OnProcess, Call: "Start", Does: "starts %s"},
	{Kind: Join, On: OnProcess, Call: "Join", Does: "joins %s", State: ForJoin, Traits: Blocks | Limits},
	{Kind: Join, Method: "any", On: OnProcess, Call: "WaitAny", Does: "waits until any process has ended", State: ForJoin, Traits: Blocks | Any},
	{Kind: Signal, On: OnProcess, Call: "Terminate", Does: "signals %s"},
	{Kind: Alive, On: OnProcess, Call: "Alive", Does: "asks after %s", Traits: Tries | Looks | Idles},
	{Kind: Sleep, On: OnClock, Call: "Sleep", Does: "sleeps", State: Asleep, Traits: Idles},
	{Kind: Print, On: OnOutput, Does: "prints %s"},

	{Kind: New, Method: "value", On: OnCell, Does: "makes %s"},
	{Kind: New, Method: "array", On: OnCell, Does: "makes %s"},
	{Kind: Get, On: OnCell, Call: "Get", Does: "reads %s", Traits: Reads | Looks | Idles},
	{Kind: Set, On: OnCell, Call: "Set", Does: "sets %s", Traits: Writes},

	{Kind: New, Method: "lock", On: OnLock, Does: "makes %s"},
	{Kind: Lock, On: OnLock, Call: "Lock", Does: "takes %s", State: ForLock, Traits: Blocks | Idles},
	{Kind: Lock, Method: "lock.timeout", On: OnLock, Call: "Lock", Does: "takes %s", State: ForLock, Traits: Blocks | Limits | Idles},
	{Kind: TryLock, On: OnLock, Call: "TryLock", Does: "tries %s", Traits: Tries | Idles},
	{Kind: Unlock, On: OnLock, Call: "Unlock", Does: "gives back %s", Traits: Idles},

	{Kind: New, Method: "rwlock", On: OnRWLock, Does: "makes %s"},
	{Kind: Lock, Method: "rwlock.lock", On: OnRWLock, Call: "Lock", Does: "takes %s", State: ForLock, Traits: Blocks | Idles},
	{Kind: Lock, Method: "rwlock.rlock", On: OnRWLock, Call: "RLock", Does: "takes %s to read", State: ForLock, Traits: Shares | Blocks | Idles},
	{Kind: TryLock, Method: "rwlock.trylock", On: OnRWLock, Call: "TryLock", Does: "tries %s", Traits: Tries | Idles},
	{Kind: TryLock, Method: "rwlock.tryrlock", On: OnRWLock, Call: "TryRLock", Does: "tries %s to read", Traits: Shares | Tries | Idles},
	{Kind: Unlock, Method: "rwlock.unlock", On: OnRWLock, Call: "Unlock", Does: "gives back %s", Traits: Idles},
	{Kind: Unlock, Method: "rwlock.runlock", On: OnRWLock, Call: "RUnlock", Does: "gives back %s", Traits: Shares | Idles},

	{Kind: New, Method: "pipe", On: OnPipe, Does: "makes %s"},
	{Kind: Send, On: OnPipe, Call: "Send", Does: "sends %s", State: ForMessage, Traits: Blocks | Limits},
	{Kind: Recv, On: OnPipe, Call: "Recv", Does: "receives from %s", State: ForMessage, Traits: Blocks | Limits | Passes},
	{Kind: Poll, On: OnPipe, Call: "Poll", Does: "asks for a message from %s", State: ForMessage, Traits: Blocks | Limits | Idles},
	{Kind: Poll, Method: "any", On: OnPipe, Call: "WaitAny", Does: "waits for the first of several", State: ForMessage, Traits: Blocks | Idles | Any},
	{Kind: Close, On: OnPipe, Call: "Close", Does: "closes %s"},

	{Kind: New, Method: "queue", On: OnQueue, Does: "makes %s"},
	{Kind: Send, Method: "queue.put", On: OnQueue, Call: "Put", Does: "sends %s", State: ForMessage, Traits: Blocks | Limits},
	{Kind: Recv, Method: "queue.get", On: OnQueue, Call: "Get", Does: "receives from %s", State: ForMessage, Traits: Blocks | Limits | Passes},
	{Kind: Poll, Method: "queue.len", On: OnQueue, Call: "Len", Does: "asks for a message from %s", Traits: Idles},
	{Kind: Notify, Method: "queue.done", On: OnQueue, Call: "Done", Does: "is done with a value of %s"},
	{Kind: Wait, Method: "queue.wait", On: OnQueue, Call: "Wait", Does: "waits until all of %s is done", State: ForSignal, Traits: Blocks | Limits | Passes},
	{Kind: Close, Method: "queue.close", On: OnQueue, Call: "Close", Does: "closes %s"},

	{Kind: New, Method: "semaphore", On: OnSemaphore, Does: "makes %s"},
	{Kind: Acquire, On: OnSemaphore, Call: "Acquire", Does: "acquires %s", State: ForSignal, Traits: Blocks | Limits | Passes},
	{Kind: Release, On: OnSemaphore, Call: "Release", Does: "releases %s"},

	{Kind: New, Method: "event", On: OnEvent, Does: "makes %s"},
	{Kind: Notify, Method: "event.set", On: OnEvent, Call: "Set", Does: "notifies %s"},
	{Kind: Notify, Method: "event.clear", On: OnEvent, Call: "Clear", Does: "notifies %s"},
	{Kind: Wait, Method: "event.wait", On: OnEvent, Call: "Wait", Does: "waits for %s", State: ForSignal, Traits: Blocks | Limits | Passes},

	{Kind: New, Method: "barrier", On: OnBarrier, Does: "makes %s"},
	{Kind: Wait, Method: "barrier.wait", On: OnBarrier, Call: "Wait", Does: "waits for %s", State: ForSignal, Traits: Blocks | Limits | Parts | Passes},

	{Kind: New, Method: "cond", On: OnCond, Does: "makes %s"},
	{Kind: Notify, Method: "cond.signal", On: OnCond, Call: "Signal", Does: "notifies %s"},
	{Kind: Notify, Method: "cond.broadcast", On: OnCond, Call: "Broadcast", Does: "notifies %s"},
	{Kind: Wait, Method: "cond.wait", On: OnCond, Call: "Wait", Does: "waits for %s", State: ForSignal, Traits: Blocks | Limits | Parts | Passes},

	{Kind: New, Method: "manager", On: OnManager, Does: "makes %s"},
	{Kind: Close, Method: "manager.close", On: OnManager, Call: "Close", Does: "closes %s"},

	{Kind: New, Method: "list", On: OnList, Does: "makes %s"},
	{Kind: Call, Method: "list.append", On: OnList, Call: "Append", Does: "calls list.append", State: ForManager, Traits: Writes | Whole | Looks},
	{Kind: Call, Method: "list.extend", On: OnList, Call: "Extend", Does: "calls list.extend", State: ForManager, Traits: Writes | Whole | Looks},
	{Kind: Call, Method: "list.insert", On: OnList, Call: "Insert", Does: "calls list.insert", State: ForManager, Traits: Writes | Whole | Looks},
	{Kind: Call, Method: "list.remove", On: OnList, Call: "Remove", Does: "calls list.remove", State: ForManager, Traits: Writes | Whole | Looks},
	{Kind: Call, Method: "list.get", On: OnList, Call: "Get", Does: "calls list.get", State: ForManager, Traits: Reads | Looks | Idles},
	{Kind: Call, Method: "list.set", On: OnList, Call: "Set", Does: "calls list.set", State: ForManager, Traits: Writes | Looks},
	{Kind: Call, Method: "list.len", On: OnList, Call: "Len", Does: "calls list.len", State: ForManager, Traits: Reads | Whole | Looks | Idles},
	{Kind: Call, Method: "list.index", On: OnList, Call: "Index", Does: "calls list.index", State: ForManager, Traits: Reads | Whole | Looks | Idles},
	{Kind: Call, Method: "list.sort", On: OnList, Call: "Sort", Does: "calls list.sort", State: ForManager, Traits: Reads | Writes | Whole | Looks},
	{Kind: Call, Method: "list.all", On: OnList, Call: "All", Does: "calls list.all", State: ForManager, Traits: Reads | Whole | Looks | Idles},

	{Kind: New, Method: "dict", On: OnDict, Does: "makes %s"},
	{Kind: Call, Method: "dict.get", On: OnDict, Call: "Get", Does: "calls dict.get", State: ForManager, Traits: Reads | Looks | Idles},
	{Kind: Call, Method: "dict.set", On: OnDict, Call: "Set", Does: "calls dict.set", State: ForManager, Traits: Writes | Looks},
	{Kind: Call, Method: "dict.setdefault", On: OnDict, Call: "SetDefault", Does: "calls dict.setdefault", State: ForManager, Traits: Reads | Writes | Looks},
	{Kind: Call, Method: "dict.pop", On: OnDict, Call: "Pop", Does: "calls dict.pop", State: ForManager, Traits: Reads | Writes | Looks},
	{Kind: Call, Method: "dict.update", On: OnDict, Call: "Update", Does: "calls dict.update", State: ForManager, Traits: Writes | Whole | Looks},
	{Kind: Call, Method: "dict.delete", On: OnDict, Call: "Delete", Does: "calls dict.delete", State: ForManager, Traits: Writes | Looks},
	{Kind: Call, Method: "dict.len", On: OnDict, Call: "Len", Does: "calls dict.len", State: ForManager, Traits: Reads | Whole | Looks | Idles},
	{Kind: Call, Method: "dict.all", On: OnDict, Call: "All", Does: "calls dict.all", State: ForManager, Traits: Reads | Whole | Looks | Idles},
	{Kind: Call, Method: "dict.keys", On: OnDict, Call: "Keys", Does: "calls dict.keys", State: ForManager, Traits: Reads | Whole | Looks | Idles},

	{Kind: New, Method: "pool", On: OnPool, Does: "makes %s"},
	{Kind: Map, On: OnPool, Call: "Map", Does: "hands out tasks", State: ForTask, Traits: Passes},
	{Kind: Map, Method: "loop", On: OnPool, Call: "MapUnordered", Does: "hands out tasks", State: ForTask, Traits: Passes},
	{Kind: Map, Method: "ordered", On: OnPool, Call: "MapOrdered", Does: "hands out tasks", State: ForTask, Traits: Passes},
	{Kind: Map, Method: "stop", On: OnPool, Does: "hands out tasks", State: ForTask, Traits: Passes},
	{Kind: Map, Method: "go", On: OnPool, Call: "Go", Does: "hands out a task"},
	{Kind: Next, Method: "get", On: OnPool, Call: "Get", Does: "waits for the result of a task", State: ForTask, Traits: Blocks | Limits | Passes},
	{Kind: Next, On: OnPool, Does: "asks for the next result of %s", Traits: Blocks | Passes},
	{Kind: Take, On: OnPool, Does: "takes a task", Traits: Blocks | Passes},
	{Kind: Task, On: OnPool, Does: "works on task %s"},
	{Kind: Give, On: OnPool, Does: "returns its results"},
	{Kind: Close, Method: "pool.close", On: OnPool, Call: "Close", Does: "closes %s", Traits: Passes},
	{Kind: Close, Method: "pool.terminate", On: OnPool, Call: "Terminate", Does: "terminates %s"},
}

// rows has the rows of each kind.
var rows = index()

// index numbers the table's rows. Every kind must have one, and none twice.
func index() (rows [kinds][]*Operation) {
	for i := range Operations {
		o := &Operations[i]
		o.ID = i
		if find(rows[o.Kind], o.Method) != nil {
			panic(fmt.Sprintf("trace: two rows for %s %q", o.Kind, o.Method))
		}
		rows[o.Kind] = append(rows[o.Kind], o)
	}
	for k := Begin; k < kinds; k++ {
		if rows[k] == nil || kindNames[k] == "" {
			panic(fmt.Sprintf("trace: kind %d has no row, or no name", k))
		}
	}
	return rows
}

func find(rows []*Operation, method string) *Operation {
	for _, o := range rows {
		if o.Method == method {
			return o
		}
	}
	return nil
}

// Known returns the row of an event; false: there is no such operation.
func (e *Event) Known() (*Operation, bool) {
	if e.Kind >= kinds {
		return nil, false
	}
	o := find(rows[e.Kind], e.Method)
	return o, o != nil
}

// Operation returns the row of an event that has one: a Reader takes no others.
func (e *Event) Operation() *Operation {
	o, ok := e.Known()
	if !ok {
		panic(fmt.Sprintf("trace: no operation %s %q", e.Kind, e.Method))
	}
	return o
}
