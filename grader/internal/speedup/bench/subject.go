package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"lockstep/grader/internal/speedup"
	"lockstep/mp"
)

// A subject is a program that is graded. It sums the squares of its units, each
// of which takes a while. All print the right number.
type subject struct {
	name      string
	workers   int
	reference string // the subject that it is compared with, which has a serial form
	want      speedup.Status
	serial    func() int
	parallel  func(workers int) int
}

const (
	units      = 100
	unitRounds = 1_200_000 // about two milliseconds
	fetchTime  = 80 * time.Millisecond
)

// subjects are the correct programs of the course's kinds, and the wrong repairs
// that students hand in.
func subjects() []subject {
	const pass, fail = speedup.Pass, speedup.Fail
	children := func(k int) int { return spread(part, even(units, k), false) }
	inTurn := func(k int) int { return spread(part, even(units, k), true) }
	return []subject{
		{"children", 4, "children", pass, func() int { return sum(0, units) }, children},
		{"two children", 2, "children", pass, nil, children},
		{"pool", 4, "children", pass, nil, mapped},
		{"short lock", 4, "children", pass, nil, func(k int) int { return added(false, k) }},
		{"pipes", 4, "children", pass, nil, pipes},
		{"fetches", 3, "fetches", pass, func() int { return fetch(0) + fetch(1) + fetch(2) }, func(k int) int { return spread(fetcher, even(3, k), false) }},
		{"joins in the loop", 4, "children", fail, nil, inTurn},
		{"joins in the loop, two", 2, "children", fail, nil, inTurn},
		{"pool of one", 4, "children", fail, nil, func(int) int { return mapped(1) }},
		{"lock while computing", 4, "children", fail, nil, func(k int) int { return added(true, k) }},
		{"unbalanced", 4, "children", fail, nil, func(int) int { return spread(part, []int{0, 81, 87, 94, units}, false) }},
		{"work left out", 4, "children", fail, nil, func(k int) int { return spread(sketch, even(units, k), false) }},
		{"looks too early", 2, "children", fail, nil, looksTooEarly},
		{"fetches in turn", 3, "fetches", fail, nil, func(k int) int { return spread(fetcher, even(3, k), true) }},
	}
}

// runSubject is this program when it is the one that is graded: "subject NAME
// serial|parallel WORKERS".
func runSubject() error {
	s := subjects()[slices.IndexFunc(subjects(), func(s subject) bool { return s.name == os.Args[2] })]
	if os.Args[3] == "serial" {
		fmt.Println(s.serial())
	} else {
		fmt.Println(s.parallel(must(strconv.Atoi(os.Args[4]))))
	}
	return nil
}

func must[T any](x T, err error) T { check(err); return x }

// work computes and returns what can't be foreseen, but is never 0.
func work(rounds int, x uint64) uint64 {
	x |= 1
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// sum is a range of units.
func sum(from, to int) (n int) {
	for u := from; u < to; u++ {
		if work(unitRounds, uint64(u)) != 0 {
			n += u * u
		}
	}
	return n
}

// fetch waits for a server, which needs no processor.
func fetch(i int) int {
	time.Sleep(fetchTime)
	return i * i
}

// even are the bounds of k equal parts.
func even(n, k int) (bounds []int) {
	for i := range k + 1 {
		bounds = append(bounds, i*n/k)
	}
	return bounds
}

type filler = *mp.Target4[int, int, *mp.Array[int], int]

// fills makes a target that leaves its part's result in its place.
func fills(name string, part func(from, to int) int) filler {
	return mp.Func4(name, func(from, to int, out *mp.Array[int], slot int) error {
		out.Set(slot, part(from, to))
		return nil
	})
}

var (
	part    = fills("part", sum)
	fetcher = fills("fetcher", func(from, _ int) int { return fetch(from) })
	// sketch computes two of every five units and knows the others.
	sketch = fills("sketch", func(from, to int) (n int) {
		for u := from; u < to; u++ {
			if u%5 < 2 {
				n += sum(u, u+1)
			} else {
				n += u * u
			}
		}
		return n
	})
)

// spread gives each child its part and adds up what they leave.
func spread(t filler, bounds []int, inTurn bool) (n int) {
	out := mp.NewArray[int](len(bounds))
	var list []*mp.Process
	for i, to := range bounds[1:] {
		list = append(list, must(t.Start(bounds[i], to, out, i)))
		if inTurn {
			check(list[i].Join())
		}
	}
	for i, p := range list {
		check(p.Join())
		n += out.Get(i)
	}
	return n
}

var square = mp.Task("square", func(u int) (int, error) { return sum(u, u+1), nil })

// mapped sums the units with a pool of that many workers.
func mapped(workers int) (n int) {
	p := must(mp.NewPool(workers))
	for _, r := range must(square.Map(p, even(units-1, units-1))) {
		n += r
	}
	check(p.Close())
	return n
}

var adder = mp.Func4("adder", func(from, to int, total *mp.Value[int], hoards bool) error {
	for u := from; u < to; u++ {
		n := 0
		if !hoards {
			n = sum(u, u+1)
		}
		total.Lock()
		if hoards {
			n = sum(u, u+1)
		}
		total.Set(total.Get() + n)
		total.Unlock()
	}
	return nil
})

// added sums the units into one value, whose lock is held while computing or not.
func added(hoards bool, k int) int {
	total, bounds := mp.NewValue(0), even(units, k)
	var list []*mp.Process
	for i, to := range bounds[1:] {
		list = append(list, must(adder.Start(bounds[i], to, total, hoards)))
	}
	for _, p := range list {
		check(p.Join())
	}
	return total.Get()
}

var sender = mp.Func3("sender", func(from, to int, c *mp.Conn) error { return c.Send(sum(from, to)) })

func pipes(k int) (n int) {
	bounds := even(units, k)
	var list []*mp.Process
	var conns []*mp.Conn
	for i, to := range bounds[1:] {
		near, far, err := mp.Pipe()
		check(err)
		list, conns = append(list, must(sender.Start(bounds[i], to, far))), append(conns, near)
		check(far.Close())
	}
	for i, p := range list {
		n += must(mp.Recv[int](conns[i]))
		check(p.Join())
	}
	return n
}

var half = mp.Func2("half", func(tasks, results *mp.Queue[int]) error {
	return results.Put(sum(0, must(tasks.Get())))
})

// looksTooEarly looks for a result before it has given a task, and does its own half
// when it has the other.
func looksTooEarly(int) int {
	tasks, results := must(mp.NewQueue[int](1)), must(mp.NewQueue[int](1))
	p := must(half.Start(tasks, results))
	_, _, err := results.GetTimeout(5 * time.Millisecond)
	check(err)
	check(tasks.Put(units / 2))
	n := must(results.Get())
	n += sum(units/2, units)
	check(p.Join())
	return n
}
