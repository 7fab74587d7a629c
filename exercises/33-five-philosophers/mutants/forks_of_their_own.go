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

	"lockstep/mp"
)

var dine = mp.Func4("dine", func(t Table, forks []*mp.Lock, seat, meals int) error {
	left, right := mp.NewLock(), mp.NewLock()
	for range meals {
		left.Lock()
		right.Lock()
		t.Eat(seat)
		right.Unlock()
		left.Unlock()
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
