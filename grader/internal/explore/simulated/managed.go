package simulated

import (
	"errors"
	"slices"
	"strconv"

	"lockstep/mp/trace"
)

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

// Sort sorts a list and returns what ListSum would then.
func (p *Proc) Sort(l string) int {
	return p.do(trace.Event{Kind: trace.Call, Object: l, Method: "list.sort"}).(int)
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

var errIndex = errors.New("index out of range")

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
	case "list.all", "list.sort":
		if op.Method == "list.sort" {
			slices.Sort(r.lists[op.Object])
		}
		sum := 0
		for _, x := range r.lists[op.Object] {
			sum = sum*31 + x
		}
		p.result = sum
	}
}
