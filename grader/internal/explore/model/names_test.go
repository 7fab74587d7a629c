package model

import "testing"

func TestClockJoinTakesTheLater(t *testing.T) {
	var c Clock
	c.Set(2, 5)
	c.Join(Clock{1, 0, 3, 4})
	for p, want := range []int32{1, 0, 5, 4, 0} {
		if got := c.At(ID(p)); got != want {
			t.Errorf("entry %d is %d, not %d", p, got, want)
		}
	}
}

func TestConflictsAreSymmetric(t *testing.T) {
	for a := range modes {
		for b := range modes {
			if conflicts[a][b] != conflicts[b][a] {
				t.Errorf("modes %d and %d", a, b)
			}
		}
	}
}
