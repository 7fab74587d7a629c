package speedup

import (
	"fmt"
	"math"
)

// An outcome is what the evidence so far allows to say, or what is missing.
type outcome struct {
	status Status
	by     Evidence
	why    string
	next   need

	waiting float64 // the reading that it holds for; see bench.readings
}

// need is what should be done before the next decision.
type need uint8

const (
	nothing need = iota // the outcome is final
	pairs               // more pairs of runs
	control             // whether the reference, run in parallel, is fast enough now
	look                // another observed run; see bench.confirmed
)

// controlled is what a control showed.
type controlled uint8

const (
	unknown controlled = iota
	fast               // the reference reaches what is wanted, and the program is slower than it
	slow               // that is not certain, so nobody can be blamed
)

const (
	// Times that beat the prediction by this factor prove the prediction wrong.
	refuted = 1.15
	// A machine with this share of the workers' cores shows what they can do.
	wholeMachine = 0.9
	// A machine that can't tell is asked so often, where nothing else can either.
	mutePairs = 6
	// After so many pairs, times that still vary too much leave the verdict to a
	// clear logical figure, unless they speak against it.
	enoughNoise = 6
)

// decide combines the two measurements. A verdict needs both, or one of them
// where the other can't tell:
//
//   - where they agree, a few pairs are enough, because both would have to err;
//   - where the machine can't tell (one core, too noisy), the logical figure
//     decides; that it is too noisy shows when a few pairs, most of them as the
//     figure lets expect, are not yet certain. Pairs that contradict the figure are
//     added to, until they are certain or the budget is spent;
//   - where the program passes on this machine's few cores but its own events
//     show that it would not on as many as it has workers, it fails: the verdict
//     must not depend on whose machine it is. The prediction for this machine has
//     to fit the times for that, else the times decide;
//   - a program that its events praise and its times don't is failed only when the
//     reference does better at the same moments.
func decide(m measurement, l *Logical, c controlled, workers int, spent bool) outcome {
	logical := NotChecked
	if l != nil {
		logical = l.Says
	}
	times := m.Says
	switch {
	case logical != NotChecked && m.agrees == logical:
		return outcome{status: logical, by: ByBoth}
	case m.mute && logical != NotChecked:
		return outcome{status: logical, by: ByLogical, why: m.Why}
	case m.mute:
		if spent || m.Pairs >= mutePairs {
			return outcome{status: NotChecked, by: ByNothing, why: m.Why + "; " + silence(l)}
		}
	case logical == Fail && m.agrees == Pass && m.fits(l) && !m.whole(workers):
		return outcome{status: Fail, by: ByLogical, why: fmt.Sprintf("this machine gives %.1f cores, too few to show what %d workers would do", m.limit, workers)}
	case logical == Fail && times == Pass:
		return outcome{status: Pass, by: ByMeasured, why: "the times are better than the program's events let expect"}
	case logical == NotChecked && times == Pass:
		return outcome{status: Pass, by: ByMeasured, why: silence(l)}
	case times == Fail:
		switch {
		case c == unknown:
			return outcome{next: control}
		case c == fast && logical == Pass:
			return outcome{status: Fail, by: ByMeasured, why: "the events show no obstacle, but the reference is faster at the same moment"}
		case c == fast:
			return outcome{status: Fail, by: ByMeasured, why: silence(l)}
		case logical == Pass:
			return outcome{status: Pass, by: ByLogical, why: "the reference is not clearly faster on this machine now"}
		case spent:
			return outcome{status: NotChecked, by: ByNothing, why: "the reference is not clearly faster on this machine now; " + silence(l)}
		}
	}
	noisy := logical != NotChecked && times == NotChecked && m.Pairs >= enoughNoise && m.expected(l, workers)
	if !spent && !noisy {
		return outcome{next: pairs}
	}
	if logical != NotChecked {
		return outcome{status: logical, by: ByLogical, why: m.Why}
	}
	return outcome{status: NotChecked, by: ByNothing, why: m.Why + "; " + silence(l)}
}

// silence says why the logical figure can't tell.
func silence(l *Logical) string {
	if l == nil {
		return "there are no events to reason from"
	}
	return l.Why
}

// fits says whether the prediction for this machine agrees with the times.
func (m measurement) fits(l *Logical) bool {
	return l.Predicted > 0 && m.Ratio <= l.Predicted*refuted
}

// expected says whether the median pair is as the logical figure lets expect:
// what is wanted is reached or missed, or reached on a machine that is too small
// to show that it would be missed.
func (m measurement) expected(l *Logical, workers int) bool {
	if l.Says == Pass {
		return m.Efficiency >= m.wanted
	}
	return m.Efficiency < m.wanted || m.fits(l) && !m.whole(workers)
}

// whole says whether the machine has a core for every worker.
func (m measurement) whole(workers int) bool {
	return m.limit >= wholeMachine*float64(workers)
}

// unsure says whether one observed run is too little to trust.
func unsure(l *Logical, atLeast float64) bool {
	return l != nil && math.Abs(l.Efficiency/atLeast-1) < 0.25
}
