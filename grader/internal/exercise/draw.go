package exercise

import (
	"regexp"
	"strconv"
)

var drawForm = regexp.MustCompile(`\{\{int (-?\d+) (-?\d+)\}\}`)

// ExpandDraws replaces every "{{int LOW HIGH}}" in an argument by what pick
// returns for it. LOW <= HIGH holds for every argument that Parse accepted.
func ExpandDraws(arg string, pick func(low, high int) string) string {
	return drawForm.ReplaceAllStringFunc(arg, func(found string) string {
		low, high, _ := drawBounds(found)
		return pick(low, high)
	})
}

// Draws says whether the arguments leave anything to the seed.
func (r *Run) Draws() bool {
	for _, a := range r.Args {
		if drawForm.MatchString(a) {
			return true
		}
	}
	return false
}

func drawBounds(found string) (low, high int, ok bool) {
	m := drawForm.FindStringSubmatch(found)
	if m == nil {
		return 0, 0, false
	}
	low, errLow := strconv.Atoi(m[1])
	high, errHigh := strconv.Atoi(m[2])
	return low, high, errLow == nil && errHigh == nil && low <= high
}
