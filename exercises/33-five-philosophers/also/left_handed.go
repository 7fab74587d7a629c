//go:build also

// One of them is left-handed: whoever sits on the last seat begins with the other fork.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// meal is one at a seat, with two forks, which are put back however it ends.
func meal(t Table, seat int, a, b *mp.Lock) {
	a.Lock()
	defer a.Unlock()
	b.Lock()
	defer b.Unlock()
	t.Eat(seat)
}

var dine = mp.Func4("dine", func(t Table, forks []*mp.Lock, seat, meals int) error {
	a, b := forks[seat], forks[(seat+1)%len(forks)]
	if seat == len(forks)-1 {
		a, b = b, a
	}
	for range meals {
		meal(t, seat, a, b)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{5, 5, 1}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i == len(numbers) {
			return fmt.Errorf("usage: five-philosophers SEATS PHILOSOPHERS MEALS, not %q", arg)
		}
		numbers[i] = n
	}
	seats, philosophers := numbers[0], numbers[1]
	if seats < max(2, philosophers) {
		return errors.New("everybody needs a seat, and a table has two of them or more")
	}

	t := NewTable(seats)
	var forks []*mp.Lock
	for range seats {
		forks = append(forks, mp.NewLock())
	}
	var started []*mp.Process
	for seat := range philosophers {
		p, err := dine.Start(t, forks, seat, numbers[2])
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for seat, p := range started {
		failed = errors.Join(failed, p.Join())
		fmt.Printf("meals at seat %d: %d\n", seat, t.Meals.Get(seat))
	}
	return failed
}
