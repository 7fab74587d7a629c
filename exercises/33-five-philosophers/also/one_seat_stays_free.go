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

// Forks lie on the table, and chairs are one fewer than seats.
type Forks struct {
	Locks  []*mp.Lock
	Chairs *mp.Semaphore
}

var dine = mp.Func4("dine", func(t Table, forks Forks, seat, meals int) error {
	left, right := forks.Locks[seat], forks.Locks[(seat+1)%len(forks.Locks)]
	for range meals {
		forks.Chairs.Acquire()
		left.Lock()
		right.Lock()
		t.Eat(seat)
		right.Unlock()
		left.Unlock()
		forks.Chairs.Release()
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
	forks := Forks{Chairs: mp.NewSemaphore(seats - 1)}
	for range seats {
		forks.Locks = append(forks.Locks, mp.NewLock())
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
