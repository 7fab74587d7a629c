package search

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// A small program is some processes that do some operations one after the other.
// Each has a number x that what it learns goes into, so that whoever has the final
// numbers knows what everybody saw.
type instruction struct{ what, on int }

const (
	iGet = iota
	iSet
	iLock // or unlock, when it is held
	iTry
	iLockNow
	iLockTimed
	iWrite // or give back; so iRead
	iRead
	iTryWrite
	iTryRead
	iSend
	iSendWhole
	iRecv
	iPoll
	iPollTimed
	iClose
	iWaitEnds
	iSendOther
	iRecvOther
	iCloseOther
	iAcquire
	iTryAcquire
	iAcquireTimed
	iRelease
	iSetEvent
	iClearEvent
	iWaitEvent
	iWaitEventTimed
	iMeet
	iMeetTimed
	iWaitCond
	iWaitCondTimed
	iSignal
	iBroadcast
	iDictGet
	iDictSet
	iDictSum
	iDictDelete
	iDictLen
	iSetDefault
	iPop
	iUpdate
	iAppend
	iListSum
	iListLen
	iListGet
	iListSet
	iInsert
	iRemove
	iExtend
	iIndexOf
	iSort
	iPut
	iPutTimed
	iTake
	iTakeTimed
	iTryTake
	iDone
	iWaitDone
	iWaitDoneTimed
	iLen
	iCloseQueue
	iPrint
	iPiece
	iSleep
	iStart // the next process; main only
	iJoin
	iJoinNow
	iJoinTimed
	iAlive
	iWaitAny
	iKill
	iDie
	instructions
)

type small struct {
	code    [][]instruction // of main and the others
	ordered bool
	pieces  bool // what is printed is told apart by lines, which may come in pieces
	early   bool // waits with a limit may be over at any time
	clock   bool // sleeps take their time, and waits are over by the clock
	deaths  int  // how many processes may be killed at any time
}

// smallCapacity is what a pipe holds in small programs: one small message.
const (
	smallMessage  = 8
	smallCapacity = model.MessageCost + smallMessage
)

func randomSmall(r *rand.Rand, most int, how trial) small {
	var s small
	s.ordered = r.IntN(2) == 0
	s.pieces = !s.ordered && r.IntN(2) == 0
	s.early = r.IntN(2) == 0
	n := 1 + r.IntN(3)
	if how.five {
		n = 4
	}
	if how.deaths || r.IntN(5) == 0 {
		s.mortal(r)
	}
	// Few kinds in one program, or of one sort of objects, so that they meet.
	kinds := make([]int, 2+r.IntN(4))
	first, near := r.IntN(iStart), r.IntN(2) == 0
	for i := range kinds {
		kinds[i] = r.IntN(iStart)
		if near {
			kinds[i] = min(first+r.IntN(7), iStart-1)
		}
	}
	if how.clock { // that is met by what it waits for
		s.clock, s.early = true, false
		timed := timedKinds[r.IntN(len(timedKinds))]
		kinds = append([]int{iSleep, iSleep, timed[0], timed[r.IntN(len(timed))], timed[r.IntN(len(timed))]}, kinds[:r.IntN(2)]...)
	}
	if how.any {
		for i := range kinds {
			kinds[i] = anyKinds[r.IntN(len(anyKinds))]
		}
		kinds = append(kinds, iWaitEnds)
	}
	some := func(length int, held map[int]bool) []instruction {
		var code []instruction
		for range length {
			in := instruction{kinds[r.IntN(len(kinds))], r.IntN(2)}
			if in.what == iLock {
				held[in.on] = !held[in.on]
			}
			if (in.what == iWaitCond || in.what == iWaitCondTimed) && !held[0] {
				held[0] = true
				code = append(code, instruction{iLock, 0})
			}
			if (in.what == iTry || in.what == iLockNow || in.what == iLockTimed) && held[in.on] {
				continue
			}
			code = append(code, in)
		}
		for on := range 2 {
			if held[on] && r.IntN(4) > 0 {
				held[on] = false
				code = append(code, instruction{iLock, on})
			}
		}
		if len(code) > 0 && r.IntN(30) == 0 {
			if last := code[len(code)-1].what; last == iPrint || last == iPiece {
				s.ordered, s.pieces = true, false // otherwise a print is no step, and death follows the one before
			}
			code = append(code, instruction{iDie, 0})
		}
		return code
	}
	var main []instruction
	for i := range n {
		main = append(main, instruction{iStart, i})
	}
	held := map[int]bool{} // by main, which does something twice
	main = append(main, some(r.IntN(3), held)...)
	if r.IntN(5) == 0 || how.any && r.IntN(2) == 0 {
		main = append(main, instruction{iWaitAny, r.IntN(2)})
		main = append(main, some(r.IntN(2), held)...)
	}
	for i := range n {
		switch r.IntN(8) {
		case 0:
			main = append(main, instruction{iKill, i})
			s.ordered, s.pieces = true, false // otherwise several prints in a row count as one, which no kill comes between
		case 1:
			main = append(main, instruction{iAlive, i})
		case 2:
			main = append(main, instruction{iJoinNow, i})
		case 3:
			main = append(main, instruction{iJoinTimed, i})
		}
		if r.IntN(5) > 0 {
			main = append(main, instruction{iJoin, i})
		}
	}
	main = append(main, some(r.IntN(2), held)...)
	s.code = append(s.code, main)
	for range n {
		s.code = append(s.code, some(1+r.IntN(most), map[int]bool{}))
	}
	return s
}

// anyKinds are what ends a wait for several, or others.
var anyKinds = []int{iSend, iSend, iSendOther, iSendOther, iRecv, iRecvOther, iClose, iCloseOther, iPoll, iSendWhole, iSet, iGet}

// waitsForEnds reports whether somebody waits for several of which some are ends of pipes.
func (s small) waitsForEnds() bool {
	return slices.ContainsFunc(s.code, func(code []instruction) bool {
		return slices.ContainsFunc(code, func(in instruction) bool { return in.what == iWaitEnds || in.what == iWaitAny && in.on == 1 })
	})
}

// timedKinds are waits with a limit, and what ends them.
var timedKinds = [][]int{
	{iSleep, iSet, iGet, iPrint}, {iLockTimed, iLock, iTry}, {iPollTimed, iSend, iRecv, iClose}, {iAcquireTimed, iAcquire, iRelease},
	{iWaitEventTimed, iSetEvent, iClearEvent}, {iMeetTimed, iMeet}, {iWaitCondTimed, iSignal, iBroadcast, iLock},
	{iPutTimed, iTake, iPut, iCloseQueue}, {iTakeTimed, iPut, iTake, iCloseQueue}, {iTakeTimed, iPutTimed},
	{iWaitDoneTimed, iPut, iTake, iDone, iWaitDone},
}

// mortal lets one or two processes be killed. What each prints is then a step.
func (s *small) mortal(r *rand.Rand) {
	s.deaths = 1 + r.IntN(2)
	s.ordered, s.pieces = true, false
}

// program is the small program as simulated processes.
func (s small) program() *simulated.Program {
	return simulated.New(func(p *simulated.Proc) {
		var o objects
		for i := range 2 {
			o.v[i], o.l[i] = p.Value("", i), p.Lock("")
		}
		o.rw = p.RWLock("")
		o.a, o.b = p.Pipe("")
		o.c, o.d = p.Pipe("")
		o.sem, o.ev, o.bar, o.cond = p.Semaphore("", 1), p.Event(""), p.Barrier("", 2), p.Cond("")
		o.dict, o.list, o.queue = p.Dict(""), p.Dict(""), p.Queue("", 1)
		o.children = map[int]string{}
		s.body(p, 0, &o)
	}, false)
}

type objects struct {
	v, l                                                  [2]string
	rw, a, b, c, d, sem, ev, bar, cond, dict, list, queue string
	children                                              map[int]string
}

func (s small) body(p *simulated.Proc, who int, o *objects) {
	held := map[int]bool{}
	writes, reads := false, false
	learn := func(n int) { p.Local = (p.Local*7 + n + 1) & 0xffffff }
	yes := func(b bool) {
		if b {
			learn(1)
		} else {
			learn(0)
		}
	}
	for _, in := range s.code[who] {
		switch in.what {
		case iGet:
			learn(p.Get(o.v[in.on]))
		case iSet:
			p.Set(o.v[in.on], p.Local)
		case iLock:
			if held[in.on] {
				p.Free(o.l[in.on])
			} else {
				p.Take(o.l[in.on])
			}
			held[in.on] = !held[in.on]
		case iTry:
			ok := p.Try(o.l[in.on])
			yes(ok)
			if ok {
				p.Free(o.l[in.on])
			}
		case iLockNow, iLockTimed:
			d := time.Duration(-1)
			if in.what == iLockTimed {
				d = time.Duration(1 + in.on)
			}
			ok := p.TakeTimeout(o.l[in.on], d)
			yes(ok)
			if ok {
				p.Free(o.l[in.on])
			}
		case iWrite:
			if writes {
				p.Written(o.rw)
			} else {
				p.Write(o.rw)
			}
			writes = !writes
		case iRead:
			if reads {
				p.HasRead(o.rw)
			} else {
				p.Read(o.rw)
			}
			reads = !reads
		case iTryWrite:
			ok := p.TryWrite(o.rw)
			yes(ok)
			if ok {
				p.Written(o.rw)
			}
		case iTryRead:
			ok := p.TryRead(o.rw)
			yes(ok)
			if ok {
				p.HasRead(o.rw)
			}
		case iSend:
			p.Send(o.a, p.Local, smallMessage)
		case iSendWhole:
			p.Send(o.a, p.Local, 10*smallCapacity)
		case iRecv:
			x, ok := p.Recv(o.b)
			learn(x)
			yes(ok)
		case iPoll:
			yes(p.Poll(o.b, -1))
		case iPollTimed:
			yes(p.Poll(o.b, time.Duration(1+in.on)))
		case iClose:
			if in.on == 0 {
				p.Close(o.a)
			} else {
				p.Close(o.b)
			}
		case iSendOther:
			p.Send(o.c, p.Local, smallMessage)
		case iRecvOther:
			x, ok := p.Recv(o.d)
			learn(x)
			yes(ok)
		case iCloseOther:
			if in.on == 0 {
				p.Close(o.c)
			} else {
				p.Close(o.d)
			}
		case iWaitEnds, iWaitAny:
			var all []string
			for _, one := range s.anyOf(in) {
				switch {
				case one.child > 0:
					all = append(all, o.children[one.child])
				case one.line == 0:
					all = append(all, map[bool]string{true: o.a, false: o.b}[one.in])
				default:
					all = append(all, o.d)
				}
			}
			learn(p.WaitAny(all...))
		case iAcquire:
			p.Acquire(o.sem, 0)
		case iTryAcquire:
			yes(p.Acquire(o.sem, -1))
		case iAcquireTimed:
			yes(p.Acquire(o.sem, time.Duration(1+in.on)))
		case iRelease:
			p.Release(o.sem)
		case iSetEvent:
			p.SetEvent(o.ev)
		case iClearEvent:
			p.ClearEvent(o.ev)
		case iWaitEvent:
			p.WaitEvent(o.ev, 0)
		case iWaitEventTimed:
			yes(p.WaitEvent(o.ev, time.Duration(1+in.on)))
		case iMeet:
			p.Meet(o.bar)
		case iMeetTimed:
			yes(p.MeetTimeout(o.bar, time.Duration(1+in.on)))
		case iWaitCond:
			p.WaitCond(o.cond, o.l[0])
		case iWaitCondTimed:
			yes(p.WaitCondTimeout(o.cond, o.l[0], time.Duration(1+in.on)))
		case iSignal:
			p.Signal(o.cond)
		case iBroadcast:
			p.Broadcast(o.cond)
		case iDictGet:
			learn(p.DictGet(o.dict, in.on))
		case iDictSet:
			p.DictSet(o.dict, in.on, p.Local)
		case iDictSum:
			learn(p.DictSum(o.dict))
		case iAppend:
			p.Append(o.list, p.Local)
		case iDictDelete:
			p.DictDelete(o.dict, in.on)
		case iDictLen:
			learn(p.DictLen(o.dict))
		case iSetDefault:
			x, ok := p.SetDefault(o.dict, in.on, p.Local)
			learn(x)
			yes(ok)
		case iPop:
			x, ok := p.Pop(o.dict, in.on)
			learn(x)
			yes(ok)
		case iUpdate:
			p.Update(o.dict, p.Local)
		case iExtend:
			p.Extend(o.list, p.Local)
		case iSort:
			learn(p.Sort(o.list))
		case iIndexOf:
			learn(p.IndexOf(o.list, 1+in.on))
		case iListSum:
			learn(p.ListSum(o.list))
		case iListLen:
			learn(p.ListLen(o.list))
		case iListGet:
			x, ok := p.ListGet(o.list, in.on)
			learn(x)
			yes(ok)
		case iListSet:
			yes(p.ListSet(o.list, in.on, p.Local))
		case iInsert:
			yes(p.Insert(o.list, in.on, p.Local))
		case iRemove:
			x, ok := p.Remove(o.list, in.on)
			learn(x)
			yes(ok)
		case iPut:
			p.PutQueue(o.queue, p.Local, 0)
		case iPutTimed:
			yes(p.PutQueue(o.queue, p.Local, time.Duration(1+in.on)))
		case iTakeTimed:
			x, ok := p.GetQueue(o.queue, time.Duration(1+in.on))
			learn(x)
			yes(ok)
		case iTake:
			x, ok := p.GetQueue(o.queue, 0)
			learn(x)
			yes(ok)
		case iTryTake:
			x, ok := p.GetQueue(o.queue, -1)
			learn(x)
			yes(ok)
		case iDone:
			yes(p.DoneQueue(o.queue))
		case iWaitDone:
			p.WaitQueue(o.queue, 0)
		case iWaitDoneTimed:
			yes(p.WaitQueue(o.queue, time.Duration(1+in.on)))
		case iLen:
			learn(p.LenQueue(o.queue))
		case iCloseQueue:
			p.CloseQueue(o.queue)
		case iSleep:
			p.Sleep(time.Duration(1 + in.on))
		case iPrint:
			p.Print(p.Local)
		case iPiece:
			p.Piece(p.Local, ":")
		case iStart:
			k := in.on + 1
			o.children[k] = p.Start("p", func(q *simulated.Proc) { s.body(q, k, o) }, o.a, o.b, o.c, o.d)
		case iJoin:
			p.Join(o.children[in.on+1])
		case iJoinNow:
			yes(p.JoinTimeout(o.children[in.on+1], -1))
		case iJoinTimed:
			yes(p.JoinTimeout(o.children[in.on+1], time.Duration(1+in.on)))
		case iAlive:
			yes(p.Alive(o.children[in.on+1]))
		case iKill:
			p.Kill(o.children[in.on+1])
		case iDie:
			p.Die()
		}
	}
}

// state is the small program as the naive enumeration sees it: written from what
// the operations mean, without the model.
type state struct {
	pc, x, time []int
	phase       []int // 1: within an operation that has begun
	up          []int // 0: not started, 1: runs, 2: ended
	v, key      [2]int
	there       [2]int // entries of the dict
	owner       [2]int // -1: free
	writer      int    // of the readers–writer lock; -1: none
	reads       []int  // how often each process reads
	line        [2]line
	queue       []int
	closed      int
	unfinished  int // values of the queue that are not done
	sem, ev     int
	deaths      int   // processes that may still be killed
	met         []int // rounds waited for
	round, here int
	broken      int
	waiting     []int
	woken       []int // 1: by a signal, 2: by the clock
	list        []int
	out         []string
	now         int   // by the clock
	since       []int // … each process has come to its operation
	passed      bool  // … which has been put forward just now
}

// line is one way of a pipe.
type line struct {
	a, b []int // open copies of where it begins, and where it ends
	pipe []sent
}

// ready reports whether who receives does not have to wait.
func (l *line) ready() bool {
	if len(l.pipe) == 0 {
		return total(l.a) == 0
	}
	return !l.pipe[0].broken || total(l.a) == 0
}

// option is one of several that are waited for: the end of a child, or what comes out of
// one end of a pipe, which is where a line ends, or begins.
type option struct {
	child, line int
	in          bool
}

// anyOf are the several that an instruction waits for.
func (s small) anyOf(in instruction) (all []option) {
	switch {
	case in.what == iWaitEnds && in.on == 0:
		return []option{{}, {line: 1}}
	case in.what == iWaitEnds:
		return []option{{line: 1}, {in: true}}
	case in.on == 1:
		all = append(all, option{})
	}
	for k := range len(s.code) - 1 {
		all = append(all, option{child: k + 1})
	}
	return all
}

// comes reports whether one of several need not be waited for; lost: the process has closed
// its copy of that end.
func (s *state) comes(one option, p int) (there, lost bool) {
	l := &s.line[one.line]
	switch {
	case one.child > 0:
		return s.up[one.child] == 2, false
	case one.in: // nothing is ever sent from the other end
		return total(l.b) == 0, l.a[p] == 0
	}
	return l.ready(), l.b[p] == 0
}

type sent struct {
	x, from int
	whole   bool
	broken  bool
}

func (s *state) clone() *state {
	c := *s
	for _, list := range []*[]int{&c.pc, &c.x, &c.time, &c.phase, &c.up, &c.line[0].a, &c.line[0].b, &c.line[1].a, &c.line[1].b, &c.queue, &c.met, &c.waiting, &c.woken, &c.list, &c.reads, &c.since} {
		*list = append([]int(nil), *list...)
	}
	c.out = append([]string(nil), c.out...)
	for i := range c.line {
		c.line[i].pipe = append([]sent(nil), c.line[i].pipe...)
	}
	return &c
}

func (s *state) key_() string { return fmt.Sprint(*s) }

func newState(p small) *state {
	n := len(p.code)
	zero := func() []int { return make([]int, n) }
	s := &state{pc: zero(), x: zero(), time: zero(), phase: zero(), up: zero(), met: zero(), woken: zero(), reads: zero(), since: zero(), writer: -1}
	s.v, s.deaths = [2]int{0, 1}, p.deaths
	s.owner = [2]int{-1, -1}
	s.up[0], s.sem = 1, 1
	for i := range s.line {
		s.line[i] = line{a: zero(), b: zero()}
		s.line[i].a[0], s.line[i].b[0] = 1, 1
	}
	return s
}

func total(list []int) (n int) {
	for _, x := range list {
		n += x
	}
	return n
}

func (s *state) learn(p, n int) { s.x[p] = (s.x[p]*7 + n + 1) & 0xffffff }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// end ends a process.
func (s *state) end(p int) {
	s.up[p] = 2
	s.leave(p)
	for k := range s.line {
		l := &s.line[k]
		l.a[p], l.b[p] = 0, 0
		for i := range l.pipe {
			if l.pipe[i].whole && l.pipe[i].from == p {
				l.pipe[i].broken = true
			}
		}
		l.settle()
	}
}

// settle throws away what nobody can receive any more.
func (l *line) settle() {
	if total(l.b) == 0 {
		l.pipe = nil
	}
}

func (s *state) free(l int) bool { return s.owner[l] < 0 || s.up[s.owner[l]] == 2 }

// gives reports whether a wait is one that its process may give up now.
func (s *state) gives(in instruction, p int) bool {
	switch in.what {
	case iPollTimed, iWaitEventTimed, iAcquireTimed, iPutTimed, iTakeTimed, iWaitDoneTimed, iJoinTimed:
		return true
	case iLockTimed:
		return s.phase[p] == 0
	case iMeetTimed:
		return s.phase[p] == 1
	case iWaitCondTimed:
		return s.phase[p] == 1 && s.woken[p] == 0
	}
	return false
}

// bury gives back what the dead hold of the readers–writer lock.
func (s *state) bury() {
	if s.writer >= 0 && s.up[s.writer] == 2 {
		s.writer = -1
	}
	for q := range s.reads {
		if s.up[q] == 2 {
			s.reads[q] = 0
		}
	}
}

// leave ends a wait for a signal.
func (s *state) leave(p int) {
	var left []int
	for _, q := range s.waiting {
		if q != p {
			left = append(left, q)
		}
	}
	s.waiting = left
}

// step makes process p's next step, if it can; expire: although it can't, its
// time being over.
func (s *state) step(prog small, p int, expire bool) *state {
	if s.up[p] != 1 {
		return nil
	}
	n := s.clone()
	n.passed = false
	code := prog.code[p]
	defer func() {
		if n.pc[p] != s.pc[p] {
			n.since[p] = n.now
		}
	}()
	if s.pc[p] >= len(code) {
		if expire {
			return nil
		}
		n.end(p)
		return n
	}
	in := code[s.pc[p]]
	done := func() *state {
		n.pc[p]++
		if n.pc[p] < len(code) && code[n.pc[p]].what == iDie {
			n.pc[p]++
			n.end(p) // at once: nothing stops a process on its way to its death
		}
		return n
	}
	if expire {
		if !s.gives(in, p) {
			return nil
		}
		n.time[p] += 1 + in.on
		if in.what == iWaitCondTimed {
			n.leave(p)
			n.woken[p] = 2
			return n
		}
		n.learn(p, 0)
		switch in.what {
		case iTakeTimed:
			n.learn(p, 0)
		case iMeetTimed:
			n.broken, n.phase[p] = 1, 0
		}
		return done()
	}
	l, m := &s.line[0], &n.line[0]
	switch in.what {
	case iSendOther, iRecvOther, iCloseOther:
		l, m = &s.line[1], &n.line[1]
	}
	switch in.what {
	case iGet:
		n.learn(p, s.v[in.on])
	case iSet:
		n.v[in.on] = s.x[p]
	case iLock:
		if s.owner[in.on] == p {
			n.owner[in.on] = -1
		} else if s.free(in.on) {
			n.owner[in.on] = p
		} else {
			return nil
		}
	case iTry:
		if s.phase[p] == 1 {
			n.owner[in.on], n.phase[p] = -1, 0
			return done()
		}
		if s.owner[in.on] < 0 {
			n.owner[in.on], n.phase[p] = p, 1
			n.learn(p, 1)
			return n
		}
		n.learn(p, 0)
	case iLockNow, iLockTimed:
		switch {
		case s.phase[p] == 1:
			n.owner[in.on], n.phase[p] = -1, 0
		case s.free(in.on):
			n.owner[in.on], n.phase[p] = p, 1
			n.learn(p, 1)
			return n
		case in.what == iLockTimed:
			return nil
		default:
			n.learn(p, 0)
		}
	case iWrite, iTryWrite:
		free, open := s.writer < 0, s.writer < 0 || s.up[s.writer] == 2
		for q, k := range s.reads {
			free = free && k == 0
			open = open && (k == 0 || s.up[q] == 2)
		}
		switch {
		case in.what == iTryWrite && s.phase[p] == 1:
			n.writer, n.phase[p] = -1, 0
		case in.what == iTryWrite && free:
			n.writer, n.phase[p] = p, 1
			n.learn(p, 1)
			return n
		case in.what == iTryWrite:
			n.learn(p, 0)
		case s.writer == p:
			n.writer = -1
		case open:
			n.bury()
			n.writer = p
		default:
			return nil
		}
	case iRead, iTryRead:
		switch {
		case in.what == iTryRead && s.phase[p] == 1:
			n.reads[p]--
			n.phase[p] = 0
		case in.what == iTryRead && s.writer < 0:
			n.reads[p]++
			n.phase[p] = 1
			n.learn(p, 1)
			return n
		case in.what == iTryRead:
			n.learn(p, 0)
		case s.reads[p] > 0:
			n.reads[p]--
		case s.writer < 0:
			n.reads[p]++
		case s.up[s.writer] == 2:
			n.bury()
			n.reads[p]++
		default:
			return nil
		}
	case iSend, iSendOther:
		switch {
		case l.a[p] == 0, total(l.b) == 0:
		case len(l.pipe) > 0:
			return nil
		default:
			m.pipe = append(m.pipe, sent{s.x[p], p, false, false})
		}
	case iSendWhole:
		if s.phase[p] == 1 {
			for _, x := range l.pipe {
				if x.whole && x.from == p && total(l.b) > 0 {
					return nil
				}
			}
			n.phase[p] = 0
			return done()
		}
		switch {
		case l.a[p] == 0, total(l.b) == 0:
		case len(l.pipe) > 0:
			return nil
		default:
			m.pipe = append(m.pipe, sent{s.x[p], p, true, false})
			n.phase[p] = 1
			return n
		}
	case iRecv, iRecvOther:
		switch {
		case l.b[p] == 0:
			n.learn(p, 0)
			n.learn(p, 0)
		case len(l.pipe) > 0 && (!l.pipe[0].broken || total(l.a) == 0):
			n.learn(p, l.pipe[0].x)
			n.learn(p, 1)
			m.pipe = m.pipe[1:]
		case len(l.pipe) == 0 && total(l.a) == 0:
			n.learn(p, 0)
			n.learn(p, 0)
		default:
			return nil
		}
	case iPoll, iPollTimed:
		ready := l.b[p] == 0 || l.ready()
		if !ready && in.what == iPollTimed {
			return nil
		}
		n.learn(p, bit(ready))
	case iClose, iCloseOther:
		if in.on == 0 {
			m.a[p] = 0
		} else {
			m.b[p] = 0
		}
		m.settle()
	case iAcquire, iAcquireTimed:
		if s.sem == 0 {
			return nil
		}
		n.sem--
		if in.what == iAcquireTimed {
			n.learn(p, 1)
		}
	case iTryAcquire:
		n.learn(p, bit(s.sem > 0))
		n.sem -= bit(s.sem > 0)
	case iRelease:
		n.sem++
	case iSetEvent:
		n.ev = 1
	case iClearEvent:
		n.ev = 0
	case iWaitEvent:
		if s.ev == 0 {
			return nil
		}
	case iWaitEventTimed:
		if s.ev == 0 {
			return nil
		}
		n.learn(p, 1)
	case iMeet, iMeetTimed:
		if s.phase[p] == 0 {
			n.phase[p], n.met[p] = 1, s.round
			if s.broken == 0 {
				if n.here++; n.here == 2 {
					n.here = 0
					n.round++
				}
			}
			return n
		}
		if s.met[p] == s.round && s.broken == 0 {
			return nil
		}
		n.phase[p] = 0
		if in.what == iMeetTimed {
			n.learn(p, bit(s.met[p] != s.round))
		}
	case iWaitCond, iWaitCondTimed:
		if s.phase[p] == 0 {
			n.owner[0] = -1
			n.waiting = append(n.waiting, p)
			n.phase[p] = 1
			return n
		}
		if s.woken[p] == 0 || !s.free(0) {
			return nil
		}
		n.woken[p], n.phase[p], n.owner[0] = 0, 0, p
		if in.what == iWaitCondTimed {
			n.learn(p, bit(s.woken[p] == 1))
		}
	case iSignal, iBroadcast:
		for i, q := range s.waiting {
			if i == 0 || in.what == iBroadcast {
				n.woken[q] = 1
			}
		}
		if in.what == iBroadcast {
			n.waiting = nil
		} else if len(n.waiting) > 0 {
			n.waiting = n.waiting[1:]
		}
	case iDictGet:
		n.learn(p, s.key[in.on])
	case iDictSet:
		n.key[in.on], n.there[in.on] = s.x[p], 1
	case iDictDelete:
		n.key[in.on], n.there[in.on] = 0, 0
	case iSetDefault:
		if s.there[in.on] == 0 {
			n.key[in.on], n.there[in.on] = s.x[p], 1
		}
		n.learn(p, n.key[in.on])
		n.learn(p, s.there[in.on])
	case iPop:
		n.learn(p, s.key[in.on])
		n.learn(p, s.there[in.on])
		n.key[in.on], n.there[in.on] = 0, 0
	case iUpdate:
		n.key, n.there = [2]int{s.x[p], s.x[p]}, [2]int{1, 1}
	case iExtend:
		n.list = append(n.list, s.x[p], s.x[p]+1)
	case iSort:
		n.list = slices.Sorted(slices.Values(s.list))
		n.learn(p, listSum(n.list))
	case iIndexOf:
		n.learn(p, slices.Index(s.list, 1+in.on))
	case iDictLen:
		n.learn(p, s.there[0]+s.there[1])
	case iDictSum:
		n.learn(p, s.key[0]+s.key[1])
	case iAppend:
		n.list = append(n.list, s.x[p])
	case iListLen:
		n.learn(p, len(s.list))
	case iListGet, iListSet, iInsert, iRemove:
		i, ok := in.on, in.on < len(s.list) || in.what == iInsert && in.on == len(s.list)
		if learns := in.what == iListGet || in.what == iRemove; learns && ok {
			n.learn(p, s.list[i])
		} else if learns {
			n.learn(p, 0)
		}
		n.learn(p, bit(ok))
		switch {
		case !ok:
		case in.what == iListSet:
			n.list[i] = s.x[p]
		case in.what == iInsert:
			n.list = slices.Insert(n.list, i, s.x[p])
		case in.what == iRemove:
			n.list = slices.Delete(n.list, i, i+1)
		}
	case iListSum:
		n.learn(p, listSum(s.list))
	case iPut, iPutTimed:
		switch {
		case s.closed == 1:
		case len(s.queue) > 0:
			return nil
		default:
			n.queue = append(n.queue, s.x[p])
			n.unfinished++
		}
		if in.what == iPutTimed {
			n.learn(p, 1) // closed, too: that is not for want of time
		}
	case iTake, iTakeTimed, iTryTake:
		switch {
		case len(s.queue) > 0:
			n.learn(p, s.queue[0])
			n.learn(p, 1)
			n.queue = n.queue[1:]
		case s.closed == 1 || in.what == iTryTake:
			n.learn(p, 0)
			n.learn(p, 0)
		default:
			return nil
		}
	case iDone:
		n.learn(p, bit(s.unfinished > 0))
		n.unfinished -= bit(s.unfinished > 0)
	case iWaitDone, iWaitDoneTimed:
		if s.unfinished > 0 {
			return nil
		}
		if in.what == iWaitDoneTimed {
			n.learn(p, 1)
		}
	case iLen:
		n.learn(p, len(s.queue))
	case iCloseQueue:
		n.closed = 1
	case iSleep:
		if prog.clock && s.now < s.over(prog, p) {
			return nil
		}
		n.time[p] += 1 + in.on
	case iPrint:
		n.out = append(n.out, fmt.Sprintln(s.x[p]))
	case iPiece:
		n.out = append(n.out, fmt.Sprint(s.x[p], ":"))
	case iStart:
		k := in.on + 1
		n.up[k], n.x[k] = 1, k
		for i := range n.line {
			n.line[i].a[k], n.line[i].b[k] = s.line[i].a[p], s.line[i].b[p]
		}
		n.time[k], n.since[k] = s.time[p], s.now
	case iJoin, iJoinTimed:
		if s.up[in.on+1] != 2 {
			return nil
		}
		if in.what == iJoinTimed {
			n.learn(p, 1)
		}
	case iJoinNow:
		n.learn(p, bit(s.up[in.on+1] == 2))
	case iWaitAny, iWaitEnds:
		all := prog.anyOf(in)
		if k := s.phase[p]; k > 0 { // its wait is over: is it this one?
			n.phase[p] = (k + 1) % (len(all) + 1)
			if there, _ := s.comes(all[k-1], p); !there {
				return n
			}
			n.learn(p, k-1)
			n.phase[p] = 0
			break
		}
		some, closed := false, false
		for _, one := range all {
			there, lost := s.comes(one, p)
			some, closed = some || there, closed || lost
		}
		switch {
		case closed:
			n.learn(p, -1)
		case some:
			n.phase[p] = 1
			return n
		default:
			return nil
		}
	case iAlive:
		n.learn(p, bit(s.up[in.on+1] != 2))
	case iKill:
		if s.up[in.on+1] == 1 {
			n.end(in.on + 1)
		}
	}
	return done()
}

// killed is what comes when a child is killed before its next step; nil: it can't be, now.
func (s *state) killed(prog small, p int) *state {
	if p == 0 || s.deaths == 0 || s.passed || s.up[p] != 1 || s.phase[p] == 1 && prog.code[p][s.pc[p]].what == iSendWhole {
		return nil
	}
	for i := s.pc[p]; 0 < i && i < len(prog.code[p]); i++ { // before it begins, it can be
		if what := prog.code[p][i].what; what == iDie {
			return nil // it has printed, and died, before anybody hears of it
		} else if what != iPrint && what != iPiece {
			break
		}
	}
	n := s.clone()
	n.deaths--
	n.end(p)
	return n
}

// outcomes enumerates naively; false when there are too many states.
func outcomes(prog small, most int) (map[string]bool, bool) {
	found, seen := map[string]bool{}, map[string]bool{}
	stack := []*state{newState(prog)}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		k := s.key_()
		if seen[k] {
			continue
		}
		seen[k] = true
		if len(seen) > most {
			return nil, false
		}
		moved := false
		for p := range prog.code {
			n := s.step(prog, p, false)
			if n == nil && s.up[p] == 1 && (prog.early || prog.clock && s.now >= s.over(prog, p)) {
				n = s.step(prog, p, true)
			}
			if n != nil {
				moved = true
				stack = append(stack, n)
			}
			if n := s.killed(prog, p); n != nil {
				stack = append(stack, n)
			}
		}
		if moved {
			continue
		}
		if prog.clock {
			if n := s.advance(prog); n != nil {
				stack = append(stack, n)
				continue
			}
		} else if n := s.expire(prog); n != nil {
			stack = append(stack, n)
			continue
		}
		found[s.outcome(prog)] = true
	}
	return found, true
}

// over is when the time of what a process has come to is over.
func (s *state) over(prog small, p int) int { return s.since[p] + 1 + prog.code[p][s.pc[p]].on }

// advance puts the clock forward to where the first time is over; nil: there is none.
func (s *state) advance(prog small) *state {
	n := s.clone()
	n.now, n.passed = -1, true
	for p, code := range prog.code {
		if s.up[p] != 1 || s.pc[p] >= len(code) {
			continue
		}
		if in := code[s.pc[p]]; in.what != iSleep && !s.gives(in, p) {
			continue
		}
		if at := s.over(prog, p); n.now < 0 || at < n.now {
			n.now = at
		}
	}
	if n.now < 0 {
		return nil
	}
	return n
}

// expire lets the first time run out.
func (s *state) expire(prog small) *state {
	best, when := -1, 0
	for p := range prog.code {
		if s.up[p] != 1 || s.pc[p] >= len(prog.code[p]) {
			continue
		}
		in := prog.code[p][s.pc[p]]
		if !s.gives(in, p) {
			continue
		}
		limit := 1 + in.on
		if at := s.time[p] + limit; best < 0 || at < when {
			best, when = p, at
		}
	}
	if best < 0 {
		return nil
	}
	return s.step(prog, best, true)
}

// outcome is what can be told apart at the end.
func (s *state) outcome(prog small) string {
	var b strings.Builder
	for p := range prog.code {
		fmt.Fprintf(&b, "%d:%d,%d ", p, s.up[p], s.x[p])
	}
	fmt.Fprint(&b, s.v, s.key, s.list)
	fmt.Fprintf(&b, "%q", prog.printed(s.out))
	return b.String()
}

// printed is what can be told apart of what was printed.
func (prog small) printed(pieces []string) string {
	out := strings.Join(pieces, "")
	switch {
	case prog.ordered:
		return out
	case prog.pieces:
		pieces = strings.SplitAfter(out, "\n")
	}
	sort.Strings(pieces)
	return strings.Join(pieces, "")
}

// outcomeOf is the same of an execution of the simulated program.
func outcomeOf(prog small, x *Execution) string {
	var b strings.Builder
	locals := strings.Fields(string(x.Observed.Stderr.Bytes))
	for p := range prog.code {
		path := "0"
		if p > 0 {
			path = fmt.Sprintf("0.%d", p)
		}
		up, local := 0, "0"
		if q := x.World.At(path); q != nil {
			up = 1
			if q.Ended >= 0 {
				up = 2
			}
			for _, l := range locals {
				if v, ok := strings.CutPrefix(l, path+"="); ok {
					local = v
				}
			}
		}
		fmt.Fprintf(&b, "%d:%d,%s ", p, up, local)
	}
	var v, key [2]int
	var list []int
	fmt.Sscan(string(x.Observed.Stdout.Bytes), &v[0], &v[1], &key[0], &key[1])
	for i, f := range strings.Fields(string(x.Observed.Stdout.Bytes)) {
		if i >= 4 {
			var n int
			fmt.Sscan(f, &n)
			list = append(list, n)
		}
	}
	fmt.Fprint(&b, v, key, list)
	fmt.Fprintf(&b, "%q", prog.printed(pieces.FindAllString(string(x.World.Output), -1)))
	return b.String()
}

// pieces finds what single calls have printed: a number and a colon, or a line.
var pieces = regexp.MustCompile(`\d+[:\n]`)

func listSum(list []int) (sum int) {
	for _, x := range list {
		sum = sum*31 + x
	}
	return sum
}
