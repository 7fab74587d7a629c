//go:build mutant

// Philosophers sit at a round table, and between any two seats lies a fork. Whoever
// eats holds two: the one at the left of the seat and the one at the right. So two who
// sit side by side never eat at the same time; eat looks whether that is so. The
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

// Table is what the philosophers share.
type Table struct {
	Forks         []*mp.Lock
	Eating, Meals *mp.Array[int] // of every seat: 1 while somebody eats there; how often
}

func (t Table) eat(seat int) {
	t.Eating.Set(seat, 1)
	for _, step := range []int{1, len(t.Forks) - 1} {
		if next := (seat + step) % len(t.Forks); t.Eating.Get(next) == 1 {
			fmt.Printf("seats %d and %d eat with the same fork\n", seat, next)
		}
	}
	t.Meals.Set(seat, t.Meals.Get(seat)+1)
	t.Eating.Set(seat, 0)
}

var dine = mp.Func3("dine", func(t Table, seat, meals int) error {
	left, right := seat, (seat+1)%len(t.Forks)
	first, second := t.Forks[min(left, right)], t.Forks[max(left, right)]
	for range meals {
		first.Lock()
		second.Lock()
		t.eat(seat)
		second.Unlock()
		first.Unlock()
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

	t := Table{Eating: mp.NewArray[int](seats), Meals: mp.NewArray[int](seats)}
	for range seats {
		t.Forks = append(t.Forks, mp.NewLock())
	}
	for seat := range philosophers {
		if _, err := dine.Start(t, seat, numbers[2]); err != nil {
			return err
		}
	}
	time.Sleep(time.Second)
	for seat := range philosophers {
		fmt.Printf("meals at seat %d: %d\n", seat, t.Meals.Get(seat))
	}
	return nil
}
