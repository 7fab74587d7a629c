package speedup

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"lockstep/mp/trace"
)

// A bag, as in "bag of tasks", is what several processes take parts of the work from: the
// tasks of a pool, the messages of a pipe or queue, the numbers that a shared value counts.
// Who took which is up to the moment, and on a busy machine, or one with fewer cores than
// workers, one may have taken most of them, which says nothing about the program. So they
// are handed out anew in each replay, in their order, to whoever asks.
type bag struct {
	kind  trace.Kind // of the operation that a part begins with
	parts []*process // in the order in which they were taken
}

// A taking is an operation by which a process took a part, or learned that there is no more.
type taking struct {
	*op
	part bool
}

// A reading is the first time that a process looked at a value after it had taken or given back
// a lock, or set it.
type reading struct {
	*op
	set *op // … what it set it to before the next; nil: nothing
}

// fillBags finds the parts of each pool, and the pipes, queues and values that are bags. A
// part goes on until the process takes the next one.
func (m *model) fillBags(by map[string][]*op, all []*op) {
	receipts := map[string][]*op{}
	for _, e := range all {
		switch p := m.byName[e.Proc].pool; {
		case e.Kind == trace.Recv:
			receipts[e.Object] = append(receipts[e.Object], e)
		case p == nil:
		case e.Kind == trace.Task:
			m.part(p.bag, e, e.job.begin)
			e.job.tasks = append(e.job.tasks, e.part)
		case e.Kind == trace.Exit:
			m.byName[e.Proc].last = e
		}
	}
	for _, p := range m.pools {
		for _, w := range p.workers {
			w.bag, w.until = p.bag, len(p.bag.parts)
		}
	}
	for _, end := range slices.Sorted(maps.Keys(receipts)) {
		m.fill(messages(receipts[end]), by)
	}
	for _, reads := range readings(all) {
		m.fill(numbers(reads, by), by)
	}
}

// part puts the part that begins with an operation into a bag. It can be taken once a token
// is given.
func (m *model) part(b *bag, e *op, begin int) {
	e.part = &process{site: e.Site, begin: begin, end: m.token()}
	b.parts = append(b.parts, e.part)
}

// messages are the takings at one end, if each process went on until it was told that nothing
// comes any more: by the end of file, by a message that all others ended with and that is no
// part, or by its own end. Who stops by itself may be one that takes just so many.
func messages(ops []*op) (takings []taking) {
	cut := func(e *op) bool { return e.Leave < e.Enter } // the process ended in it
	left := func(e *op) time.Duration {
		if cut(e) {
			return math.MaxInt64
		}
		return e.Leave
	}
	ops = slices.SortedStableFunc(slices.Values(ops), func(a, b *op) int { return cmp.Compare(left(a), left(b)) })
	last := map[string]*op{}
	for _, e := range ops {
		last[e.Proc] = e
	}
	parts, marks := map[string]bool{}, map[string]bool{}
	for _, e := range ops {
		came := e.Outcome == trace.OK && !cut(e)
		switch ends := last[e.Proc] == e; {
		case came && ends:
			marks[e.Result] = true
		case came:
			parts[e.Result] = true
		case !ends: // it asked in vain, and again
			continue
		}
		takings = append(takings, taking{e, last[e.Proc] != e})
	}
	for mark := range marks {
		if len(marks) > 1 || parts[mark] {
			return nil
		}
	}
	return takings
}

// readings are those of each value or element of an array, in the order of the first.
func readings(all []*op) (list [][]*reading) {
	type place struct {
		object string
		index  int
	}
	at, open := map[place]int{}, map[string]map[place]*reading{} // open: by process
	for _, e := range all {
		where := place{e.Object, e.Index}
		r := open[e.Proc][where]
		switch {
		case e.Kind == trace.Lock || e.Kind == trace.TryLock || e.Kind == trace.Unlock:
			delete(open, e.Proc)
		case e.Kind == trace.Set && r != nil:
			r.set = e
			delete(open[e.Proc], where)
		case e.Kind == trace.Get && r == nil:
			if open[e.Proc] == nil {
				open[e.Proc] = map[place]*reading{}
			}
			r = &reading{op: e}
			open[e.Proc][where] = r
			if _, ok := at[where]; !ok {
				at[where], list = len(list), append(list, nil)
			}
			list[at[where]] = append(list[at[where]], r)
		}
	}
	return list
}

// numbers are the takings of a value, if it was counted up or down, by the same each time and
// from where it was, until each process had read a number after all parts, with which it did
// less than with a part: else it may be one that takes just so many.
func numbers(reads []*reading, by map[string][]*op) (takings []taking) {
	sites, last := map[trace.Site]bool{}, map[string]*op{}
	for _, r := range reads {
		if r.set != nil {
			sites[r.Site] = true
		}
	}
	reads = slices.DeleteFunc(slices.Clone(reads), func(r *reading) bool { return !sites[r.Site] })
	var parts, rests time.Duration // of processor time
	for _, r := range reads {
		if before := last[r.Proc]; before != nil {
			parts += r.CPU - before.CPU
		}
		last[r.Proc] = r.op
	}
	for name, e := range last {
		rests += by[name][len(by[name])-1].CPU - e.CPU
	}
	if int64(rests)*int64(len(reads)-len(last)) > int64(parts)*int64(len(last))/2 {
		return nil
	}
	var next, step float64
	for i, r := range reads {
		n, err := strconv.ParseFloat(r.Result, 64)
		by := step
		if r.set != nil && err == nil {
			by, err = strconv.ParseFloat(r.set.Arg, 64)
			by -= n
		}
		if i == 0 {
			next, step = n, by
		}
		t := taking{r.op, last[r.Proc] != r.op}
		if err != nil || n != next || by != step || step == 0 || i > 0 && t.part && !takings[i-1].part {
			return nil
		}
		if r.set != nil {
			next += step
		}
		takings = append(takings, t)
	}
	return takings
}

// exchangeable reports whether several processes took parts, and any of them could have taken
// another's: none holds a lock at one take that it does not hold at the next, nor takes from
// elsewhere too.
func (m *model) exchangeable(takings []taking, by map[string][]*op) bool {
	takers, parts := map[string]map[*op]bool{}, 0
	for _, t := range takings {
		if takers[t.Proc] == nil {
			takers[t.Proc] = map[*op]bool{}
		}
		takers[t.Proc][t.op] = true
		if t.part {
			parts++
		}
	}
	for name, at := range takers {
		p, holds, always := m.byName[name], 0, -1
		if p.pool != nil || p.bag != nil {
			return false
		}
		for _, e := range by[name] {
			switch {
			case e.first > 0, at[e] && always >= 0 && holds != always:
				return false
			case at[e]:
				always = holds
			case (e.Kind == trace.Lock || e.Kind == trace.TryLock) && e.Outcome == trace.OK:
				holds++
			case e.Kind == trace.Unlock:
				holds--
			}
		}
	}
	return len(takers) > 1 && parts > 0
}

// fill makes a bag of takings, if they are exchangeable.
func (m *model) fill(takings []taking, by map[string][]*op) {
	if !m.exchangeable(takings, by) {
		return
	}
	b := &bag{kind: takings[0].Kind}
	m.bags = append(m.bags, b)
	for _, t := range takings {
		if p := m.byName[t.Proc]; !t.part {
			p.bag, p.until, p.last = b, len(b.parts), t.op
			continue
		}
		begin := -1
		if len(t.awaits) > 0 {
			begin = t.awaits[0]
		}
		m.part(b, t.op, begin)
	}
}
