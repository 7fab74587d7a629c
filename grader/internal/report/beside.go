package report

import (
	"fmt"
	"time"

	"lockstep/grader/internal/judge"
)

// sums is what one check's pictures add up to.
type sums struct {
	processes, operations int
	took, held            time.Duration
}

func sumsOf(pictures []judge.Picture) (s sums) {
	for _, p := range pictures {
		if len(p.Events) == 0 {
			continue
		}
		t := newTimeline(p)
		s.processes += len(t.Lanes)
		s.operations += len(p.Events)
		s.took += t.Length
		for _, l := range t.Lanes {
			for _, h := range l.Holds {
				s.held += h.To - h.From
			}
		}
	}
	return s
}

// notable is from what ratio on two programs differ in kind: less is taste. Times of two
// runs differ by chance, which a multiple of that is not.
const (
	notable = 1.5
	chance  = 3
)

// Beside says in one sentence how a program differs in kind from the course's own: in what
// the ratio is the greatest, and in which check. Both results hold pictures of the same runs.
func Beside(yours, ours judge.Result) string {
	best, most := "They start as many processes, make about as many operations and take about as long.", notable
	for i, v := range yours.Checks {
		if i >= len(ours.Checks) || ours.Checks[i].Check != v.Check {
			continue
		}
		a, b := sumsOf(v.Pictures), sumsOf(ours.Checks[i].Pictures)
		for _, d := range []struct {
			a, b, scale float64
			text        string
		}{
			{float64(a.processes), float64(b.processes), 1, fmt.Sprintf("yours is %s, the course's %d", count(a.processes, "process", "processes"), b.processes)},
			{float64(a.operations), float64(b.operations), 1, fmt.Sprintf("yours makes %s of mp, the course's %d", count(a.operations, "operation", "operations"), b.operations)},
			{float64(a.held), float64(b.held), chance, fmt.Sprintf("yours holds locks for %s in all, the course's for %s", brief(a.held), brief(b.held))},
			{float64(a.took), float64(b.took), chance, fmt.Sprintf("yours takes %s, the course's %s", brief(a.took), brief(b.took))},
		} {
			if ratio := max(d.a, d.b) / min(d.a, d.b) / d.scale; min(d.a, d.b) > 0 && ratio > most {
				best, most = fmt.Sprintf("In %q %s.", v.Called(), d.text), ratio
			}
		}
	}
	return best
}
