package mp_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })
var picky = mp.Task("picky", func(n int) (int, error) {
	switch n {
	case 3:
		return 0, errors.New("no threes")
	case 5:
		panic("five")
	case 7:
		os.Exit(9)
	}
	return n, nil
})

var appendsFive = mp.Func2("appendsFive", func(l *mp.List[int], d *mp.Dict[string, *mp.List[int]]) error {
	for i := range 5 {
		if err := l.Append(i); err != nil {
			return err
		}
	}
	return d.Set("list", l)
})

func TestPoolSmoke(t *testing.T) {
	pool, err := mp.NewPool(4)
	if err != nil {
		t.Fatal(err)
	}
	got, err := square.Map(pool, []int{1, 2, 3, 4, 5})
	t.Log(got, err)
	var xs []int
	for i := range 1000 {
		xs = append(xs, i)
	}
	got, err = square.Map(pool, xs)
	if err != nil || got[999] != 999*999 {
		t.Fatal(got, err)
	}
	got, err = picky.Map(pool, xs[:10])
	t.Log(got, err)
	for x, err := range picky.MapUnordered(pool, xs[:10]) {
		t.Log(x, err)
	}
	n := 0
	for range square.MapUnordered(pool, xs) {
		if n++; n == 10 {
			break
		}
	}
	t.Log(pool.Close())
	_, err = square.Map(pool, xs)
	t.Log(err)
}

func TestManagerSmoke(t *testing.T) {
	m, err := mp.NewManager()
	if err != nil {
		t.Fatal(err)
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		t.Fatal(err)
	}
	d, err := mp.NewDict[string, *mp.List[int]](m)
	if err != nil {
		t.Fatal(err)
	}
	var ps []*mp.Process
	for range 4 {
		p, err := appendsFive.Start(l, d)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			t.Fatal(err)
		}
	}
	l2, ok, err := d.Get("list")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	all, err := l2.All()
	slices.Sort(all)
	t.Log(all, err)
	_, err = l.Get(20)
	t.Log(err)
	t.Log(l.Insert(0, 77), l.Set(1, 5))
	t.Log(l.Remove(0))
	t.Log(d.Keys())
	t.Log(d.Len())
	t.Log(m.Close())
	t.Log(l.Append(3))
}
