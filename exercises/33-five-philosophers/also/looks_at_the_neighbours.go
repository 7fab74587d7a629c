//go:build also

// No forks at all, but what they are for: whoever is hungry waits on a condition until
// neither neighbour eats.
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
	Busy          []*mp.Value[int] // 1: the forks of this seat are taken
	Ready         *mp.Cond
	Eating, Meals *mp.Array[int] // of every seat: 1 while somebody eats there; how often
}

func (t Table) eat(seat int) {
	t.Eating.Set(seat, 1)
	for _, step := range []int{1, len(t.Busy) - 1} {
		if next := (seat + step) % len(t.Busy); t.Eating.Get(next) == 1 {
			fmt.Printf("seats %d and %d eat with the same fork\n", seat, next)
		}
	}
	t.Meals.Set(seat, t.Meals.Get(seat)+1)
	t.Eating.Set(seat, 0)
}

var dine = mp.Func3("dine", func(t Table, seat, meals int) error {
	n := len(t.Busy)
	left, right := (seat+n-1)%n, (seat+1)%n
	for range meals {
		t.Ready.L.Lock()
		for t.Busy[left].Get()+t.Busy[right].Get() > 0 {
			t.Ready.Wait()
		}
		t.Busy[seat].Set(1)
		t.Ready.L.Unlock()
		t.eat(seat)
		t.Ready.L.Lock()
		t.Busy[seat].Set(0)
		t.Ready.Broadcast()
		t.Ready.L.Unlock()
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

	t := Table{Ready: mp.NewCond(mp.NewLock()), Eating: mp.NewArray[int](seats), Meals: mp.NewArray[int](seats)}
	for range seats {
		t.Busy = append(t.Busy, mp.NewValue(0))
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
