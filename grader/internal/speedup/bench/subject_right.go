package main

import "lockstep/mp"

// The correct programs.

var part = mp.Func4("part", func(from, to int, out *mp.Array[int], slot int) error {
	out.Set(slot, sum(from, to))
	return nil
})

func children(workers int) (int, error) {
	out := mp.NewArray[int](workers)
	list := make([]*mp.Process, workers)
	for i := range list {
		p, err := part.Start(i*units/workers, (i+1)*units/workers, out, i)
		if err != nil {
			return 0, err
		}
		list[i] = p
	}
	return collect(list, out)
}

// collect joins all and adds up what they left.
func collect(list []*mp.Process, out *mp.Array[int]) (int, error) {
	n := 0
	for i, p := range list {
		if err := p.Join(); err != nil {
			return 0, err
		}
		n += out.Get(i)
	}
	return n, nil
}

var square = mp.Task("square", func(u int) (int, error) { return unit(u), nil })

func pool(workers int) (int, error) { return mapped(workers) }

// mapped sums the units with a pool of that many workers.
func mapped(workers int) (int, error) {
	p, err := mp.NewPool(workers)
	if err != nil {
		return 0, err
	}
	items := make([]int, units)
	for i := range items {
		items[i] = i
	}
	results, err := square.Map(p, items)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, r := range results {
		n += r
	}
	return n, p.Close()
}

var adder = mp.Func3("adder", func(from, to int, total *mp.Value[int]) error {
	for u := from; u < to; u++ {
		n := unit(u)
		total.Lock()
		total.Set(total.Get() + n)
		total.Unlock()
	}
	return nil
})

func shortLock(workers int) (int, error) { return added(workers, adder) }

// added sums the units into one value.
func added(workers int, target *mp.Target3[int, int, *mp.Value[int]]) (int, error) {
	total := mp.NewValue(0)
	list := make([]*mp.Process, workers)
	for i := range list {
		p, err := target.Start(i*units/workers, (i+1)*units/workers, total)
		if err != nil {
			return 0, err
		}
		list[i] = p
	}
	for _, p := range list {
		if err := p.Join(); err != nil {
			return 0, err
		}
	}
	return total.Get(), nil
}

var sender = mp.Func3("sender", func(from, to int, c *mp.Conn) error {
	return c.Send(sum(from, to))
})

func pipes(workers int) (int, error) {
	conns := make([]*mp.Conn, workers)
	list := make([]*mp.Process, workers)
	for i := range list {
		near, far, err := mp.Pipe()
		if err != nil {
			return 0, err
		}
		if list[i], err = sender.Start(i*units/workers, (i+1)*units/workers, far); err != nil {
			return 0, err
		}
		if err := far.Close(); err != nil {
			return 0, err
		}
		conns[i] = near
	}
	n := 0
	for i, c := range conns {
		part, err := mp.Recv[int](c)
		if err != nil {
			return 0, err
		}
		n += part
		if err := list[i].Join(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

var fetcher = mp.Func2("fetcher", func(i int, out *mp.Array[int]) error {
	out.Set(i, fetch(i))
	return nil
})

func fetches(int) (int, error) {
	out := mp.NewArray[int](fetchCount)
	list := make([]*mp.Process, fetchCount)
	for i := range list {
		p, err := fetcher.Start(i, out)
		if err != nil {
			return 0, err
		}
		list[i] = p
	}
	return collect(list, out)
}
