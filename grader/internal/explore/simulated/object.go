package simulated

import (
	"math"
	"strconv"
	"time"

	"lockstep/mp/trace"
)

type cell struct {
	object string
	index  int
}

// made makes an object and says so.
func (p *Proc) object(what, name string, size int) string {
	id := p.fresh()
	for _, k := range p.run.kinds {
		if k == what {
			p.run.order[id]++
		}
	}
	p.run.kinds[id] = what
	p.do(trace.Event{Kind: trace.New, Object: id, Name: name, Method: what, Size: size})
	return id
}

// Value makes a shared number.
func (p *Proc) Value(name string, x int) string {
	id := p.object("value", name, 1)
	p.run.values[cell{id, -1}] = x
	return id
}

// Array makes shared zeros.
func (p *Proc) Array(name string, n int) string { return p.object("array", name, n) }

// Lock makes a lock, Pipe a pipe, and so on.
func (p *Proc) Lock(name string) string { return p.object("lock", name, 1) }

// Pipe makes a pipe and returns its ends.
func (p *Proc) Pipe(name string) (a, b string) {
	id := p.object("pipe", name, 0)
	return id + "a", id + "b"
}

// Queue makes a queue.
func (p *Proc) Queue(name string, places int) string { return p.object("queue", name, places) }

// Semaphore makes a semaphore.
func (p *Proc) Semaphore(name string, n int) string { return p.object("semaphore", name, n) }

// Event makes an event.
func (p *Proc) Event(name string) string { return p.object("event", name, 1) }

// Barrier makes a barrier.
func (p *Proc) Barrier(name string, n int) string {
	id := p.object("barrier", name, n)
	p.run.values[cell{id, parties}] = n
	return id
}

// arrive is what a process does at a barrier that is not broken.
func (p *Proc) arrive(b string) {
	r := p.run
	p.meets = math.MaxInt
	if r.values[cell{b, broken}] == 0 {
		n := r.values[cell{b, parties}]
		p.meets = (r.values[cell{b, arrived}]/n + 1) * n
		r.values[cell{b, arrived}]++
	}
}

// Cond makes a condition.
func (p *Proc) Cond(name string) string { return p.object("cond", name, 1) }

// Dict makes a manager's dict, or list.
func (p *Proc) Dict(name string) string { return p.object("dict", name, 0) }

func (p *Proc) Get(v string) int    { return p.GetAt(v, -1) }
func (p *Proc) Set(v string, x int) { p.SetAt(v, -1, x) }

func (p *Proc) GetAt(v string, i int) int {
	return p.do(trace.Event{Kind: trace.Get, Object: v, Index: i}).(int)
}

func (p *Proc) SetAt(v string, i, x int) {
	p.do(trace.Event{Kind: trace.Set, Object: v, Index: i, Arg: strconv.Itoa(x)})
}

func (p *Proc) Take(l string) { p.do(trace.Event{Kind: trace.Lock, Object: l}) }
func (p *Proc) Free(l string) { p.do(trace.Event{Kind: trace.Unlock, Object: l}) }

func (p *Proc) Try(l string) bool {
	p.do(trace.Event{Kind: trace.TryLock, Object: l})
	return p.ready
}

// TakeTimeout takes a lock, waiting for at most d; negative: not at all.
func (p *Proc) TakeTimeout(l string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Lock, Method: "lock.timeout", Object: l, Limit: d})
	return p.ready
}

// RWLock makes a readers–writer lock; the others take it and give it back, alone or not.
func (p *Proc) RWLock(name string) string { return p.object("rwlock", name, 1) }

func (p *Proc) Write(l string) {
	p.do(trace.Event{Kind: trace.Lock, Method: "rwlock.lock", Object: l})
}

func (p *Proc) Written(l string) {
	p.do(trace.Event{Kind: trace.Unlock, Method: "rwlock.unlock", Object: l})
}

func (p *Proc) Read(l string) {
	p.do(trace.Event{Kind: trace.Lock, Method: "rwlock.rlock", Object: l})
}

func (p *Proc) HasRead(l string) {
	p.do(trace.Event{Kind: trace.Unlock, Method: "rwlock.runlock", Object: l})
}

func (p *Proc) TryWrite(l string) bool {
	p.do(trace.Event{Kind: trace.TryLock, Method: "rwlock.trylock", Object: l})
	return p.ready
}

func (p *Proc) TryRead(l string) bool {
	p.do(trace.Event{Kind: trace.TryLock, Method: "rwlock.tryrlock", Object: l})
	return p.ready
}

// Send sends a number in a message of so many bytes.
func (p *Proc) Send(end string, x, size int) {
	p.do(trace.Event{Kind: trace.Send, Object: end, Arg: strconv.Itoa(x), Size: size})
}

// Recv returns false at the end of the pipe.
func (p *Proc) Recv(end string) (int, bool) {
	x, ok := p.do(trace.Event{Kind: trace.Recv, Object: end}).(int)
	return x, ok
}

func (p *Proc) Poll(end string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Poll, Object: end, Limit: d})
	return p.ready
}

func (p *Proc) Close(end string) { p.do(trace.Event{Kind: trace.Close, Object: end}) }

func (p *Proc) PutQueue(q string, x int, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Send, Object: q, Method: "queue.put", Arg: strconv.Itoa(x), Size: 8, Limit: d})
	return p.ready
}

func (p *Proc) GetQueue(q string, d time.Duration) (int, bool) {
	x, ok := p.do(trace.Event{Kind: trace.Recv, Object: q, Method: "queue.get", Limit: d}).(int)
	return x, ok
}

func (p *Proc) LenQueue(q string) int {
	return p.do(trace.Event{Kind: trace.Poll, Object: q, Method: "queue.len"}).(int)
}

// DoneQueue returns false where nothing is left to be done.
func (p *Proc) DoneQueue(q string) bool {
	return p.do(trace.Event{Kind: trace.Notify, Object: q, Method: "queue.done"}) == nil
}

// WaitQueue reports whether all is done.
func (p *Proc) WaitQueue(q string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Wait, Object: q, Method: "queue.wait", Limit: d})
	return p.ready
}

func (p *Proc) CloseQueue(q string) {
	p.do(trace.Event{Kind: trace.Close, Object: q, Method: "queue.close"})
}

func (p *Proc) Acquire(s string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Acquire, Object: s, Limit: d})
	return p.ready
}

func (p *Proc) Release(s string) { p.do(trace.Event{Kind: trace.Release, Object: s}) }

func (p *Proc) SetEvent(e string) {
	p.do(trace.Event{Kind: trace.Notify, Object: e, Method: "event.set"})
}

func (p *Proc) ClearEvent(e string) {
	p.do(trace.Event{Kind: trace.Notify, Object: e, Method: "event.clear"})
}

func (p *Proc) WaitEvent(e string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Wait, Object: e, Method: "event.wait", Limit: d})
	return p.ready
}

func (p *Proc) Meet(b string) {
	p.do(trace.Event{Kind: trace.Wait, Object: b, Method: "barrier.wait"})
}

// MeetTimeout reports whether the others came.
func (p *Proc) MeetTimeout(b string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Wait, Object: b, Method: "barrier.wait", Limit: d})
	r := p.run
	return r.values[cell{b, arrived}] >= p.meets
}

func (p *Proc) WaitCond(c, l string) { p.WaitCondTimeout(c, l, 0) }

// WaitCondTimeout reports whether there was a signal.
func (p *Proc) WaitCondTimeout(c, l string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Wait, Object: c, Method: "cond.wait", Key: l, Limit: d})
	return p.ready
}

func (p *Proc) Signal(c string) {
	p.do(trace.Event{Kind: trace.Notify, Object: c, Method: "cond.signal"})
}

func (p *Proc) Broadcast(c string) {
	p.do(trace.Event{Kind: trace.Notify, Object: c, Method: "cond.broadcast"})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
