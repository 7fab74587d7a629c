package main

import (
	"fmt"

	"lockstep/mp"
)

// Table has a number of seats, and a fork between any two. It says so when two eat with the
// same fork.
type Table struct {
	Eating, Meals *mp.Array[int] // of every seat: 1 while somebody eats there; how often
}

// NewTable returns a table with so many seats.
func NewTable(seats int) Table {
	return Table{Eating: mp.NewArray[int](seats), Meals: mp.NewArray[int](seats)}
}

// Eat has somebody eat at a seat, with the forks at both sides of it.
func (t Table) Eat(seat int) {
	seats := t.Eating.Len()
	t.Eating.Set(seat, 1)
	for _, step := range []int{1, seats - 1} {
		if next := (seat + step) % seats; t.Eating.Get(next) == 1 {
			fmt.Printf("seats %d and %d eat with the same fork\n", seat, next)
		}
	}
	t.Meals.Set(seat, t.Meals.Get(seat)+1)
	t.Eating.Set(seat, 0)
}
