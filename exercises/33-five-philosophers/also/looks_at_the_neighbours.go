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

// Seats are those at which somebody eats, with a condition that is told of each that gets
// free.
type Seats struct {
	Busy  []*mp.Value[int]
	Ready *mp.Cond
}

var dine = mp.Func4("dine", func(t Table, seats Seats, seat, meals int) error {
	n := len(seats.Busy)
	left, right := (seat+n-1)%n, (seat+1)%n
	for range meals {
		seats.Ready.L.Lock()
		for seats.Busy[left].Get()+seats.Busy[right].Get() > 0 {
			seats.Ready.Wait()
		}
		seats.Busy[seat].Set(1)
		seats.Ready.L.Unlock()
		t.Eat(seat)
		seats.Ready.L.Lock()
		seats.Busy[seat].Set(0)
		seats.Ready.Broadcast()
		seats.Ready.L.Unlock()
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
	taken := Seats{Ready: mp.NewCond(mp.NewLock())}
	for range seats {
		taken.Busy = append(taken.Busy, mp.NewValue(0))
	}
	var started []*mp.Process
	for seat := range philosophers {
		p, err := dine.Start(t, taken, seat, numbers[2])
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
