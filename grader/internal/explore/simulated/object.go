package simulated

import (
	"errors"
	"math"
	"slices"
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

// DictGet and the others are calls to a manager.
func (p *Proc) DictGet(d string, k int) int {
	return p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.get", Key: strconv.Itoa(k)}).(int)
}

func (p *Proc) DictSet(d string, k, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.set", Key: strconv.Itoa(k), Arg: strconv.Itoa(x)})
}

// SetDefault sets an entry that is not there, and returns what it holds then and whether it
// was there.
func (p *Proc) SetDefault(d string, k, x int) (int, bool) {
	return p.there("dict.setdefault", d, k, strconv.Itoa(x))
}

// Pop deletes an entry and returns what it held and whether it was there.
func (p *Proc) Pop(d string, k int) (int, bool) { return p.there("dict.pop", d, k, "") }

func (p *Proc) there(method, d string, k int, arg string) (int, bool) {
	p.do(trace.Event{Kind: trace.Call, Object: d, Method: method, Key: strconv.Itoa(k), Arg: arg})
	had := p.result.(held)
	return had.x, had.there
}

// held is what an entry held.
type held struct {
	x     int
	there bool
}

// Update sets entries 0 and 1 at once.
func (p *Proc) Update(d string, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.update", Arg: strconv.Itoa(x), Carries: []string{"0", "1"}})
}

// DictSum adds all entries up.
func (p *Proc) DictSum(d string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.all"}).(int)
}

// Append appends to a list and ListSum reads it, in order, as one number.
func (p *Proc) Append(l string, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.append", Arg: strconv.Itoa(x)})
}

// Extend appends x and x+1.
func (p *Proc) Extend(l string, x int) {
	p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.extend", Arg: strconv.Itoa(x)})
}

// IndexOf finds x in a list; -1: it is not there.
func (p *Proc) IndexOf(l string, x int) int {
	return p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.index", Arg: strconv.Itoa(x)}).(int)
}

func (p *Proc) ListSum(l string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.all"}).(int)
}

func (p *Proc) DictDelete(d string, k int) {
	p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.delete", Key: strconv.Itoa(k)})
}

func (p *Proc) DictLen(d string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: d, Method: "dict.len"}).(int)
}

func (p *Proc) ListLen(l string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.len"}).(int)
}

// ListGet and the others return false where the list has no such element.
func (p *Proc) ListGet(l string, i int) (int, bool) { return p.at("list.get", l, i, "") }

func (p *Proc) ListSet(l string, i, x int) bool {
	_, ok := p.at("list.set", l, i, strconv.Itoa(x))
	return ok
}

func (p *Proc) Insert(l string, i, x int) bool {
	_, ok := p.at("list.insert", l, i, strconv.Itoa(x))
	return ok
}

func (p *Proc) Remove(l string, i int) (int, bool) { return p.at("list.remove", l, i, "") }

func (p *Proc) at(method, l string, i int, arg string) (int, bool) {
	x, ok := p.do(trace.Event{Kind: trace.Call, Object: l, Method: method, Key: strconv.Itoa(i), Arg: arg}).(int)
	return x, ok
}

var (
	errIndex = errors.New("index out of range")
	errDone  = errors.New("all is done already")
)

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
	case "dict.setdefault", "dict.pop":
		old, there := r.values[cell{op.Object, k}]
		switch {
		case op.Method == "dict.pop":
			delete(r.values, cell{op.Object, k})
		case !there:
			r.values[cell{op.Object, k}], old = x, x
		}
		p.result = held{old, there}
	case "dict.update":
		for k := range 2 {
			r.values[cell{op.Object, k}] = x
		}
	case "dict.delete":
		delete(r.values, cell{op.Object, k})
	case "dict.len":
		n := 0
		for c := range r.values {
			n += bit(c.object == op.Object)
		}
		p.result = n
	case "list.len":
		p.result = len(r.lists[op.Object])
	case "list.get", "list.set", "list.insert", "list.remove":
		list := r.lists[op.Object]
		if k > len(list) || k == len(list) && op.Method != "list.insert" {
			p.result = errIndex
			return
		}
		p.result = 0
		switch op.Method {
		case "list.get":
			p.result = list[k]
		case "list.set":
			list[k] = x
		case "list.insert":
			list = slices.Insert(list, k, x)
		case "list.remove":
			p.result = list[k]
			list = slices.Delete(list, k, k+1)
		}
		r.lists[op.Object] = list
	case "list.extend":
		r.lists[op.Object] = append(r.lists[op.Object], x, x+1)
	case "list.index":
		p.result = slices.Index(r.lists[op.Object], x)
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

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
