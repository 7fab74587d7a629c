// A list is sorted while another process reads it and a third one adds to it: nobody sees it
// half sorted, and nothing is lost.
package main

import (
	"cmp"
	"fmt"
	"slices"

	"lockstep/mp"
)

var sorts = mp.Func("sorts", func(l *mp.List[int]) error { return l.Sort(cmp.Compare[int]) })

var adds = mp.Func("adds", func(l *mp.List[int]) error { return l.Append(4) })

var reads = mp.Func("reads", func(l *mp.List[int]) error {
	all, err := l.All()
	if err != nil {
		return err
	}
	fmt.Println(slices.Equal(all[:3], []int{3, 1, 2}) || slices.Equal(all[:3], []int{1, 2, 3}))
	return nil
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	if err := l.Extend([]int{3, 1, 2}); err != nil {
		return err
	}
	var children []*mp.Process
	for _, start := range []func(*mp.List[int]) (*mp.Process, error){sorts.Start, adds.Start, reads.Start} {
		p, err := start(l)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	all, err := l.All()
	if err != nil {
		return err
	}
	fmt.Println(all)
	return m.Close()
}

func main() { mp.Main(run) }
