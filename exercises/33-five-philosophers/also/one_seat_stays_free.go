//go:build also

// A waiter lets one fewer sit down than there are seats: then somebody has a neighbour who
// is not there, and gets both forks.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Table is what the philosophers share.
type Table struct {
	Forks         []*mp.Lock
	Chairs        *mp.Semaphore
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
	left, right := t.Forks[seat], t.Forks[(seat+1)%len(t.Forks)]
	for range meals {
		t.Chairs.Acquire()
		left.Lock()
		right.Lock()
		t.eat(seat)
		right.Unlock()
		left.Unlock()
		t.Chairs.Release()
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

	t := Table{Chairs: mp.NewSemaphore(seats - 1), Eating: mp.NewArray[int](seats), Meals: mp.NewArray[int](seats)}
	for range seats {
		t.Forks = append(t.Forks, mp.NewLock())
	}
	var started []*mp.Process
	for seat := range philosophers {
		p, err := dine.Start(t, seat, numbers[2])
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
