package exercise

import (
	"cmp"
	"strings"
)

// numberPattern is of an exercise's number: 07, 42 or 101.
const numberPattern = `([0-9]{2}|[1-9][0-9]{2})`

// Number is the exercise's, as people type it: "10".
func (e *Exercise) Number() string { return numberOf(e.ID) }

func numberOf(id string) string {
	number, _, _ := strings.Cut(id, "-")
	return number
}

// Order compares folders of exercises as a course has them: by their numbers.
func Order(a, b string) int {
	return cmp.Or(cmp.Compare(len(numberOf(a)), len(numberOf(b))), strings.Compare(a, b))
}
