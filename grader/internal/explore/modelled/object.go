package modelled

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

// DictGet and the others are calls to a manager.
func (p *Proc) DictGet(d string, k int) int {
	return p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.get", Key: strconv.Itoa(k)}).(int)
}

func (p *Proc) DictSet(d string, k, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.set", Key: strconv.Itoa(k), Arg: strconv.Itoa(x)})
}

// DictSum adds all entries up.
func (p *Proc) DictSum(d string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.all"}).(int)
}

// Append appends to a list and ListSum reads it, in order, as one number.
func (p *Proc) Append(l string, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.append", Arg: strconv.Itoa(x)})
}

func (p *Proc) ListSum(l string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.all"}).(int)
}

// call does what a manager does.
func (p *Proc) call(op *trace.Event) {
	r := p.run
	k, _ := strconv.Atoi(op.Key)
	x, _ := strconv.Atoi(op.Arg)
	switch op.Method {
	case "dict.get":
		p.result = r.values[cell{op.Object, k}]
	case "dict.set":
		r.values[cell{op.Object, k}] = x
	case "list.append":
		r.lists[op.Object] = append(r.lists[op.Object], x)
	case "dict.all":
		sum := 0
		for c, x := range r.values {
			if c.object == op.Object {
				sum += x
			}
		}
		p.result = sum
	case "list.all":
		sum := 0
		for _, x := range r.lists[op.Object] {
			sum = sum*31 + x
		}
		p.result = sum
	}
}
