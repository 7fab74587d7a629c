//go:build mutant

// Philosophers sit at a round table, and between any two seats lies a fork. Whoever
// eats holds two: the one at the left of the seat and the one at the right. So two who
// sit side by side never eat at the same time; the table looks whether that is so. The
// arguments are the number of seats, of philosophers, and of meals for each. At the
// end the parent prints how often everybody has eaten.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var dine = mp.Func("dine", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
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
	signs := mp.NewValue(0)
	var started []*mp.Process
	for range philosophers {
		p, err := dine.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	if signs.Get() < philosophers {
		return errors.New("nobody was there")
	}
	for seat := range philosophers {
		for range numbers[2] {
			t.Eat(seat)
		}
	}
	for seat := range philosophers {
		fmt.Printf("meals at seat %d: %d\n", seat, t.Meals.Get(seat))
	}
	return nil
}
