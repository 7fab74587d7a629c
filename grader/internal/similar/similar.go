// Package similar finds programs that are alike after renaming and reformatting. In go
// the programs of one exercise and what is known to everybody, its starter and its
// solutions; out come groups of programs that share more than that. It is pure. What it
// finds proves nothing: it says where a person may want to look.
//
// Programs are compared by winnowing (S. Schleimer, D. S. Wilkerson, A. Aiken:
// Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003), over the tokens
// of their syntax trees and by declaration, so that the order of functions does not
// matter either.
package similar

import (
	"cmp"
	"maps"
	"slices"
)

// Program is one program.
type Program struct {
	Name  string
	Files map[string][]byte // by name
}

// The sizes of what is compared, in tokens of a syntax tree, of which a plain statement
// has about eight. What is shared by fewer than a gram is not seen; what is shared by a
// gram and a window surely is.
const (
	gramSize   = 12
	windowSize = 5
)

// Two programs are alike where they share so many fingerall of their own, and such a
// share of those of the smaller and of the larger one.
const (
	leastShared   = 10
	shareOfSmall  = 0.75
	shareOfLarge  = 0.5
	mostAreCommon = 10 // a fingerprint that more programs have, and a quarter of them, is nobody's own
)

// Pair says how alike two programs are.
type Pair struct {
	With          string
	Shared        int     // fingerall that both have, and what is known to all has not
	Own           int     // fingerall of that kind that this one has
	Share         float64 // of the smaller one's own
	Lines, Theirs []int   // where the shared ones begin, in this program's file and in the other's
}

// Member is a program of a group, and the one that it is most like.
type Member struct {
	Name string
	Most Pair
}

// Group are programs of which each is like another one of them.
type Group []Member

// marks is a program as it is compared.
type marks struct {
	name string
	own  map[uint64][]int // lines, by fingerprint
}

// Found is what comparing the programs of one exercise found.
type Found struct {
	Groups []Group  // the most alike first
	Unread []string // programs that are no Go
	Little int      // programs too much like what is known to be like each other's
}

// Find compares programs, beside what is known to everybody.
func Find(programs, known []Program) (f Found) {
	common := map[uint64]bool{}
	for _, p := range known {
		if declarations, err := p.tokens(); err == nil {
			for _, t := range declarations {
				for _, g := range t.grams(gramSize) {
					common[g.hash] = true
				}
			}
		}
	}
	var all []marks
	having := map[uint64]int{}
	for _, p := range programs {
		declarations, err := p.tokens()
		if err != nil {
			f.Unread = append(f.Unread, p.Name)
			continue
		}
		own := map[uint64][]int{}
		for _, t := range declarations {
			for _, g := range winnow(t.grams(gramSize), windowSize) {
				if !common[g.hash] {
					own[g.hash] = append(own[g.hash], g.line)
				}
			}
		}
		for hash := range own {
			having[hash]++
		}
		all = append(all, marks{p.Name, own})
	}
	for _, p := range all {
		maps.DeleteFunc(p.own, func(hash uint64, _ []int) bool {
			return having[hash] > mostAreCommon && having[hash] > len(all)/4
		})
		if len(p.own) < leastShared {
			f.Little++
		}
	}
	f.Groups = group(all)
	return f
}

func (p Program) tokens() (all []tokens, err error) {
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		t, err := read(name, p.Files[name])
		if err != nil {
			return nil, err
		}
		all = append(all, t...)
	}
	return all, nil
}

// group joins what is alike.
func group(all []marks) (groups []Group) {
	most := make([]Pair, len(all))
	root := make([]int, len(all))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for i := range all {
		for k := range i {
			x, y, ok := compare(all[i], all[k])
			if !ok {
				continue
			}
			root[find(i)] = find(k)
			for _, side := range []struct {
				at int
				Pair
			}{{i, x}, {k, y}} {
				if side.Share > most[side.at].Share || side.Share == most[side.at].Share && side.Shared > most[side.at].Shared {
					most[side.at] = side.Pair
				}
			}
		}
	}
	members := map[int]Group{}
	for i, p := range all {
		if most[i].Shared > 0 {
			members[find(i)] = append(members[find(i)], Member{p.name, most[i]})
		}
	}
	for _, g := range members {
		slices.SortFunc(g, func(x, y Member) int { return cmp.Compare(x.Name, y.Name) })
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(x, y Group) int {
		return cmp.Or(cmp.Compare(y.closest(), x.closest()), cmp.Compare(len(y), len(x)), cmp.Compare(x[0].Name, y[0].Name))
	})
	return groups
}

// closest is the greatest share in a group.
func (g Group) closest() (share float64) {
	for _, m := range g {
		share = max(share, m.Most.Share)
	}
	return share
}

// compare says how alike two programs are, from either's side; ok is false where they are
// not alike enough to be named.
func compare(a, b marks) (fromA, fromB Pair, ok bool) {
	var atA, atB []int
	shared := 0
	for hash, lines := range a.own {
		if others, both := b.own[hash]; both {
			shared++
			atA, atB = append(atA, lines...), append(atB, others...)
		}
	}
	small, large := min(len(a.own), len(b.own)), max(len(a.own), len(b.own))
	if shared < leastShared || float64(shared) < shareOfSmall*float64(small) || float64(shared) < shareOfLarge*float64(large) {
		return fromA, fromB, false
	}
	atA, atB = sorted(atA), sorted(atB)
	share := float64(shared) / float64(small)
	return Pair{b.name, shared, len(a.own), share, atA, atB}, Pair{a.name, shared, len(b.own), share, atB, atA}, true
}

func sorted(lines []int) []int {
	slices.Sort(lines)
	return slices.Compact(lines)
}
