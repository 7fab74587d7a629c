package speedup

import (
	"slices"

	"lockstep/mp/trace"
)

// A handing is a bag in a replay.
type handing struct {
	*bag
	there []int     // parts that can be taken, in the order in which they came
	taken []bool    // by part
	next  int       // the first that is not taken
	idle  []*runner // that wait for a part
}

// handOut gets the bags ready. Without waiting for messages, these are all there.
func (r *replay) handOut(bags []*bag) {
	r.begins = map[int][]ready{}
	for _, b := range bags {
		h := &handing{bag: b, taken: make([]bool, len(b.parts))}
		r.bags = append(r.bags, h)
		for i, p := range b.parts {
			if p.begin < 0 || r.without == trace.Recv && b.kind == trace.Recv {
				h.there = append(h.there, i)
			} else {
				r.begins[p.begin] = append(r.begins[p.begin], ready{h, i})
			}
		}
	}
}

// ready is a part that can be taken once a token is given.
type ready struct {
	of   *handing
	part int
}

// draw gives a runner the next of the first so many parts and reports whether there is one.
func (h *handing) draw(one *runner, until int) bool {
	i := slices.IndexFunc(h.there, func(part int) bool { return part < until })
	if i < 0 {
		return false
	}
	part := h.there[i]
	h.there, h.taken[part] = slices.Delete(h.there, i, i+1), true
	for h.next < len(h.taken) && h.taken[h.next] {
		h.next++
	}
	one.taker, one.back = one.process, one.at
	one.process, one.at = h.parts[part], 0
	return true
}

// over reports whether all of the first so many parts are taken.
func (h *handing) over(until int) bool { return h.next >= until }

// offer lets those who are idle have what can be taken since a token is given, or go on
// where there is nothing left for them.
func (r *replay) offer(token int) {
	for _, now := range r.begins[token] {
		now.of.there = append(now.of.there, now.part)
	}
	for _, now := range r.begins[token] {
		for _, one := range slices.Clone(now.of.idle) {
			i := slices.Index(now.of.idle, one)
			if i < 0 { // another's part has let it go on
				continue
			}
			s := &one.steps[one.at]
			if !now.of.over(s.until) && !slices.ContainsFunc(now.of.there, func(part int) bool { return part < s.until }) {
				continue
			}
			now.of.idle = slices.Delete(now.of.idle, i, i+1)
			r.stalled[spot{one.index, s.kind, s.site}] += r.now - one.from
			r.advance(one)
		}
	}
}
