package speedup

import (
	"math"
	"slices"
)

// A rule says after which pairs a question may be decided, and how one-sided the
// pairs have to be.
//
// The test is the sign test, which assumes nothing of the distribution but that
// pairs are independent: when the true median lies on one side, each pair lies
// on the other with a chance of at most one half. Looking after every pair gives
// many chances to err, so the allowed error is spent bit by bit, as Lan and
// DeMets do (Biometrika 70, 1983), and the bounds are computed exactly, by
// following the distribution of the number of wins among those walks that no
// earlier look has stopped.
type rule struct {
	first int     // pairs before the first look
	last  int     // no further look after these
	open  float64 // error spent by the first look, one-sided
	total float64 // … and by the last

	// bounds tell, for every number of pairs, how many of them have to lie on one
	// side to decide; 0 where the rule has no look or no number is enough.
	bounds []int
}

// One side's pairs alone decide under strict; under agreeing they confirm what
// the logical figure says by itself, so that a verdict is wrong only if both are.
var (
	strict   = rule{first: 6, last: 24, open: 1.0 / 64, total: 0.025}.bounded()
	agreeing = rule{first: 3, last: 24, open: 1.0 / 8, total: 0.2}.bounded()
)

// bounded computes the bounds.
func (r rule) bounded() rule {
	bounds := make([]int, r.last+1)
	alive := []float64{1} // by wins: the chance to have come here undecided
	spent := 0.0
	for n := 1; n <= r.last; n++ {
		next := make([]float64, n+1)
		for wins, p := range alive {
			next[wins] += p / 2
			next[wins+1] += p / 2
		}
		alive = next
		if n < r.first {
			continue
		}
		// Half of what is left every two looks: early looks save the most runs.
		allowed := r.total - (r.total-r.open)*math.Pow(2, -float64(n-r.first)/2)
		const rounding = 1e-12
		bound, tail := n+1, 0.0
		for bound > (n+2)/2 && spent+tail+alive[bound-1] <= allowed+rounding {
			bound--
			tail += alive[bound]
		}
		if bound > n {
			continue
		}
		bounds[n] = bound
		spent += tail
		for wins := bound; wins <= n; wins++ {
			alive[wins] = 0
		}
	}
	r.bounds = bounds
	return r
}

// An interval of a median.
type interval struct {
	low, high  float64
	confidence float64
	open       bool // too few pairs for the rule: the ends decide nothing
}

// interval gives the confidence interval that belongs to the rule: the values
// that its test would not reject now. Its ends are order statistics (David and
// Nagaraja, Order Statistics, 3rd edition, section 7.1), and it holds at all
// looks at once (repeated confidence intervals: Jennison and Turnbull, 1989).
// With too few pairs it is the interval from the least to the greatest value.
func (r rule) interval(values []float64) interval {
	n := min(len(values), r.last)
	for n > 0 && r.bounds[n] == 0 {
		n-- // between looks nothing is learnt
	}
	if n == 0 {
		if len(values) == 0 {
			return interval{open: true}
		}
		return interval{
			low: slices.Min(values), high: slices.Max(values),
			confidence: 1 - math.Pow(2, 1-float64(len(values))), open: true,
		}
	}
	sorted := slices.Sorted(slices.Values(values[:n]))
	return interval{low: sorted[n-r.bounds[n]], high: sorted[r.bounds[n]-1], confidence: 1 - 2*r.total}
}

// says compares the interval with what is wanted. Pairs exactly on the limit
// count for neither side.
func (i interval) says(wanted float64) Status {
	switch {
	case i.open:
		return NotChecked
	case i.low > wanted:
		return Pass
	case i.high < wanted:
		return Fail
	}
	return NotChecked
}

// median of some values; 0, which every figure takes for unknown, for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
