// Two entries are changed at once, and two elements added at once: nobody sees one of two.
package main

import (
	"fmt"

	"lockstep/mp"
)

var write = mp.Func2("write", func(d *mp.Dict[string, int], l *mp.List[int]) error {
	if err := d.Update(map[string]int{"a": 1, "b": 1}); err != nil {
		return err
	}
	return l.Extend([]int{1, 1})
})

var read = mp.Func2("read", func(d *mp.Dict[string, int], l *mp.List[int]) error {
	all, err := d.All()
	if err != nil {
		return err
	}
	n, err := l.Len()
	if err != nil {
		return err
	}
	fmt.Println(all["a"] == all["b"], n%2)
	return nil
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	d, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	w, err := write.Start(d, l)
	if err != nil {
		return err
	}
	r, err := read.Start(d, l)
	if err != nil {
		return err
	}
	if err := w.Join(); err != nil {
		return err
	}
	if err := r.Join(); err != nil {
		return err
	}
	return m.Close()
}

func main() { mp.Main(run) }
