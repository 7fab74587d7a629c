package report

import (
	"fmt"
	"slices"
	"time"
)

// scale places moments on the drawing's width. Long stretches of time in which
// nothing happens are drawn short, between two break marks: a program that hangs
// for seconds did what matters in its first milliseconds.
type scale struct {
	at     []time.Duration // knots, ascending
	x      []float64
	breaks []span
}

type span struct{ from, to time.Duration }

const (
	breakShare = 0.3 // of the width, for all breaks together
	breakFrom  = 2   // a gap is long from half of the whole on
	breakRest  = 8   // … when all that happens fits into an eighth
)

func newScale(length time.Duration, edges []time.Duration, left, right float64) scale {
	slices.Sort(edges)
	edges = slices.Compact(append([]time.Duration{0}, append(edges, length)...))
	var long []span
	rest := length
	for i, to := range edges[1:] {
		if from := edges[i]; to-from >= length/breakFrom {
			long = append(long, span{from, to})
			rest -= to - from
		}
	}
	s := scale{at: []time.Duration{0}, x: []float64{left}}
	if len(long) == 0 || rest <= 0 || rest > length/breakRest {
		s.at, s.x = append(s.at, max(length, 1)), append(s.x, right)
		return s
	}
	each := (right - left) * breakShare / float64(len(long))
	perTime := (right - left) * (1 - breakShare) / float64(rest)
	knot := func(at time.Duration, width float64) {
		s.at, s.x = append(s.at, at), append(s.x, s.x[len(s.x)-1]+width)
	}
	for _, gap := range long {
		if last := s.at[len(s.at)-1]; gap.from > last {
			knot(gap.from, float64(gap.from-last)*perTime)
		}
		knot(gap.to, each)
	}
	if last := s.at[len(s.at)-1]; length > last {
		knot(length, float64(length-last)*perTime)
	}
	s.breaks = long
	return s
}

// place is where a moment stands.
func (s scale) place(t time.Duration) float64 {
	i, found := slices.BinarySearch(s.at, t)
	switch {
	case found:
		return s.x[i]
	case i == 0:
		return s.x[0]
	case i == len(s.at):
		return s.x[i-1]
	}
	share := float64(t-s.at[i-1]) / float64(s.at[i]-s.at[i-1])
	return s.x[i-1] + share*(s.x[i]-s.x[i-1])
}

func (s scale) broken(from, to time.Duration) bool { return slices.Contains(s.breaks, span{from, to}) }

// ticks are round moments, far enough apart to be labelled.
func (s scale) ticks(apart float64) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(s.at); i++ {
		from, to := s.at[i-1], s.at[i]
		if s.broken(from, to) || s.x[i]-s.x[i-1] < 1 {
			continue
		}
		step := roundUp(time.Duration(apart * float64(to-from) / (s.x[i] - s.x[i-1])))
		for t := (from + step - 1) / step * step; t <= to; t += step {
			if len(out) == 0 || s.place(t)-s.place(out[len(out)-1]) >= apart*0.9 {
				out = append(out, t)
			}
		}
	}
	return out
}

// roundUp gives the next of 1, 2, 5, 10, 20, … nanoseconds.
func roundUp(d time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*unit >= d {
				return n * unit
			}
		}
	}
}

// mostDigits is enough to tell nanoseconds of an hour apart.
const mostDigits = 12

// labels are moments in as many digits as it takes to tell them apart.
func labels(moments []time.Duration) []string {
	for more := 0; ; more++ {
		texts := make([]string, len(moments))
		for i, at := range moments {
			texts[i] = precise(at, more)
		}
		if unique := slices.Compact(slices.Clone(texts)); len(unique) == len(texts) || more == mostDigits {
			return texts
		}
	}
}

// brief prints a duration with two or three digits: "1.25 ms".
func brief(d time.Duration) string { return precise(d, 0) }

// precise prints a duration with so many digits more than brief.
func precise(d time.Duration, more int) string {
	unit, name := time.Microsecond, "µs"
	switch {
	case d == 0:
		return "0"
	case d >= time.Second:
		unit, name = time.Second, "s"
	case d >= time.Millisecond:
		unit, name = time.Millisecond, "ms"
	}
	v := float64(d) / float64(unit)
	digits := 2
	switch {
	case v >= 100:
		digits = 0
	case v >= 10:
		digits = 1
	}
	digits += more
	text := fmt.Sprintf("%.*f", digits, v)
	if digits > 0 {
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
		if text[len(text)-1] == '.' {
			text = text[:len(text)-1]
		}
	}
	return text + " " + name
}
