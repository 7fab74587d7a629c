package model

// Mode is what an operation does to a resource. Two operations are dependent,
// that is, their order may matter, when they do conflicting things to one
// resource.
type Mode uint8

const (
	Read Mode = iota // a value, an element, an entry, a flag
	Write

	LookAll   // a list or dict as a whole: everything in it
	LookShape // only how long it is
	LookPart  // a part that another resource stands for, as long as it stands at its place
	Part      // changes such a part
	Grow      // changes which parts there are, and their order does not matter
	Append    // … and it matters; all stay at their places
	Reshape   // … and they do not

	Hold   // takes a lock
	Free   // gives it back
	Missed // tried for it in vain

	Share   // takes a lock that others may share
	Unshare // gives its share back

	Put      // a message or token goes in
	PutSure  // … and could be taken by who puts it in, so that it can't come too late for all others
	PutFail  // … would, but nobody is there to take it any more
	Out      // a message or token comes out
	OutEnd   // learned that nothing will come any more
	Look     // asked whether there is something
	CloseIn  // one less who can put something in
	CloseOut // one less who can take something out

	Owe       // a value goes into a queue, and is to be done
	Finish    // one is done by a process that has got it
	FinishAny // … or has not, so that there may be none

	Arrive // at a barrier, a condition or a pool: only the order matters

	End  // a process ends
	Ask  // … is asked whether it has
	Live // … makes a step
	Kill // … is ended by another

	Say // prints; conflicts with other texts
)

const modes = int(Say) + 1

// conflicts is symmetric; see init.
var conflicts [modes][modes]bool

func init() {
	for _, pair := range [][2]Mode{
		{Read, Write}, {Write, Write},
		{LookAll, Part}, {LookAll, Grow}, {LookAll, Append}, {LookAll, Reshape},
		{LookShape, Grow}, {LookShape, Append}, {LookShape, Reshape},
		{LookPart, Reshape}, {Part, Reshape}, {Append, Append}, {Append, Reshape}, {Reshape, Reshape},
		{Hold, Hold}, {Hold, Free}, {Hold, Missed}, {Free, Missed},
		{Share, Hold}, {Share, Free}, {Share, Missed}, {Unshare, Hold}, {Unshare, Missed},
		{Put, Put}, {Put, PutSure}, {PutSure, PutSure}, {Out, Out}, {Look, Put}, {Look, PutSure}, {Look, Out}, {Look, CloseIn},
		{Put, CloseOut}, {PutFail, CloseOut}, {OutEnd, CloseIn}, {OutEnd, Out},
		{Look, Owe}, {Look, Finish}, {Look, FinishAny}, {FinishAny, Owe}, {FinishAny, Finish}, {FinishAny, FinishAny},
		{Arrive, Arrive},
		{End, Ask}, {Live, Kill}, {Kill, Kill}, {Kill, Ask},
	} {
		conflicts[pair[0]][pair[1]] = true
		conflicts[pair[1]][pair[0]] = true
	}
}

// Access is one thing that an operation does to one resource.
type Access struct {
	On   Resource
	Mode Mode
	Text uint64 // Say only: hash of what is printed; the same text twice commutes
	Line bool   // Say only: whole lines, whose order does not matter
}

func (a Access) conflicts(b Access) bool {
	if a.On != b.On {
		return false
	}
	if a.Mode == Say && b.Mode == Say {
		return a.Line != b.Line || !a.Line && a.Text != b.Text
	}
	return conflicts[a.Mode][b.Mode]
}

// Dependent reports whether two operations of different processes conflict.
func Dependent(a, b []Access) bool {
	for _, x := range a {
		for _, y := range b {
			if x.conflicts(y) {
				return true
			}
		}
	}
	return false
}

// class tells resources of one object apart.
type class uint8

const (
	ofCell  class = iota // a value, an element, an event's flag
	ofEntry              // one entry of a manager's list or dict
	ofWhole              // all of one
	ofLock
	ofPipe  // what goes in at one end; a queue; a semaphore's permits
	ofTally // what was put into a queue and is not done
	ofMeeting
	ofProcess
	ofService // managers, which end with the process that made them
	ofOutput
)
