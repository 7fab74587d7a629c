package speedup

import (
	"cmp"
	"maps"
	"slices"

	"lockstep/mp/trace"
)

// times add up seconds by where they were spent.
type times map[spot]float64

type spot struct {
	proc int
	kind trace.Kind
	site trace.Site
}

// longest returns the spots, where most time was spent first.
func (t times) longest() []spot {
	return slices.SortedFunc(maps.Keys(t), func(a, b spot) int {
		return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(a.proc, b.proc), cmp.Compare(a.site.Line, b.site.Line), cmp.Compare(a.kind, b.kind))
	})
}

// A node is a stretch of what a process did, and what came before: the previous
// stretch of this process, or that of the process it had waited for.
type node struct {
	prev     *node
	proc     int
	from, to float64
	step     *step
}

// path returns the chain of stretches that decided when the replay ended, from
// its beginning.
func (r *replay) path() []*node {
	var list []*node
	for n := r.end; n != nil; n = n.prev {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}
