package main

import (
	"fmt"

	"lockstep/mp"
)

// Board shows a number twice. It keeps nobody apart: who looks or changes it must have seen
// to that.
type Board struct {
	Shown   *mp.Array[int] // the number, twice
	Good    *mp.Array[int] // of each reader: 1 when both were the same
	Meeting *mp.Barrier    // readers who look leave only when so many have come
}

// NewBoard returns a board that shows 0, for so many readers, of whom so many meet.
func NewBoard(readers, meet int) Board {
	return Board{Shown: mp.NewArray[int](2), Good: mp.NewArray[int](readers), Meeting: mp.NewBarrier(meet)}
}

// Look is what a reader does at the board: he looks at both numbers, and meets others.
func (b Board) Look(reader int) error {
	one, two := b.Shown.Get(0), b.Shown.Get(1)
	if one == two {
		b.Good.Set(reader, 1)
	}
	return b.Meeting.Wait()
}

// Change is what a writer does there: he adds one to both.
func (b Board) Change() {
	b.Shown.Set(0, b.Shown.Get(0)+1)
	b.Shown.Set(1, b.Shown.Get(1)+1)
}

// String says how many looks were good, and what the board shows.
func (b Board) String() string {
	good := 0
	for reader := range b.Good.Len() {
		good += b.Good.Get(reader)
	}
	return fmt.Sprintf("%d good looks, the board shows %d and %d", good, b.Shown.Get(0), b.Shown.Get(1))
}
