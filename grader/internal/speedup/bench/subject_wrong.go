package main

import "lockstep/mp"

// The wrong repairs. All of them print the right number.

func joinsInLoop(workers int) (int, error) {
	out := mp.NewArray[int](workers)
	n := 0
	for i := range workers {
		p, err := part.Start(i*units/workers, (i+1)*units/workers, out, i)
		if err != nil {
			return 0, err
		}
		if err := p.Join(); err != nil {
			return 0, err
		}
		n += out.Get(i)
	}
	return n, nil
}

func poolOfOne(int) (int, error) { return mapped(1) }

var hoarder = mp.Func3("hoarder", func(from, to int, total *mp.Value[int]) error {
	for u := from; u < to; u++ {
		total.Lock()
		total.Set(total.Get() + unit(u))
		total.Unlock()
	}
	return nil
})

func lockWhileComputing(workers int) (int, error) { return added(workers, hoarder) }

// unbalanced gives one child 81 of the 100 units.
func unbalanced(workers int) (int, error) {
	out := mp.NewArray[int](workers)
	list := make([]*mp.Process, workers)
	from := 0
	for i := range list {
		to := units - 19 + 19*i/(workers-1)
		p, err := part.Start(from, to, out, i)
		if err != nil {
			return 0, err
		}
		list[i], from = p, to
	}
	return collect(list, out)
}

var sketch = mp.Func4("sketch", func(from, to int, out *mp.Array[int], slot int) error {
	n := 0
	for u := from; u < to; u++ {
		if u%5 < 2 {
			n += unit(u)
		} else {
			n += u * u
		}
	}
	out.Set(slot, n)
	return nil
})

// workLeftOut computes two of every five units and knows the others.
func workLeftOut(workers int) (int, error) {
	out := mp.NewArray[int](workers)
	list := make([]*mp.Process, workers)
	for i := range list {
		p, err := sketch.Start(i*units/workers, (i+1)*units/workers, out, i)
		if err != nil {
			return 0, err
		}
		list[i] = p
	}
	return collect(list, out)
}

func fetchesInTurn(int) (int, error) {
	out := mp.NewArray[int](fetchCount)
	n := 0
	for i := range fetchCount {
		p, err := fetcher.Start(i, out)
		if err != nil {
			return 0, err
		}
		if err := p.Join(); err != nil {
			return 0, err
		}
		n += out.Get(i)
	}
	return n, nil
}
