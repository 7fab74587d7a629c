package script

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// loosened is a text whose white space says nothing: its words with one space between
// them, line by line, without empty lines.
func loosened(text string) string {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			lines.WriteString(strings.Join(words, " ") + "\n")
		}
	}
	return lines.String()
}

var decimal = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?`)

// near puts the expected line in the place of one that says the same, but for numbers that
// are no further from the expected ones than a tolerance: what then differs is wrong.
func near(want, got string, tolerance float64) string {
	if tolerance == 0 {
		return got
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if nearLine(w[i], g[i], tolerance) {
			g[i] = w[i]
		}
	}
	return strings.Join(g, "\n")
}

func nearLine(want, got string, tolerance float64) bool {
	w, g := decimal.FindAllString(want, -1), decimal.FindAllString(got, -1)
	if decimal.ReplaceAllString(want, "0") != decimal.ReplaceAllString(got, "0") {
		return false
	}
	for i := range w { // as many as in got: each stands for a 0 of texts that are the same
		a, errA := strconv.ParseFloat(w[i], 64)
		b, errB := strconv.ParseFloat(g[i], 64)
		// 0.31 and 0.3 are 0.01 apart, and a little more as they are held here.
		held := 2 * 0x1p-53 * max(math.Abs(a), math.Abs(b))
		if errA != nil || errB != nil || math.Abs(a-b) > tolerance+held {
			return false
		}
	}
	return true
}
