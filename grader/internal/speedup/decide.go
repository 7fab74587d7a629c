package speedup

import "fmt"

// A verdict is an outcome with what led to it.
type verdict struct {
	status Status
	by     Evidence
	why    string
	reason *Reason // by itself
}

// need is what should be done before the next decision.
type need uint8

const (
	nothing    need = iota // the verdict is final
	aPair                  // one more pair of runs
	sideBySide             // … with the reference's parallel form beside it
	aLook                  // another observed run
	aStandard              // an observed run of the reference's parallel form
)

const (
	enoughPairs = 3 // to say that a program leaves work out, or that the times don't contradict
	clearPairs  = 6 // so many in a row on one side are clear
	mostPairs   = enoughPairs + 2*clearPairs
	mostLate    = 3 // late runs of the reference, until the machine counts as too slow

	// Observed runs. While a hypervisor gives a core to somebody else, a process's clock
	// of processor time may go on, and the chain that it was on gets too long. Nothing
	// makes it too short: the best run counts, one is enough to pass, and it takes two
	// to fail.
	mostLooks  = 3
	confirming = 2

	// Times that beat the prediction by this factor prove the prediction wrong.
	refuted = 1.1
	// A student's program this much slower than the reference in its parallel form, at
	// the same moment, is slow by its own fault.
	asFast = 0.8
)

// decide is the rule that the package's comment tells.
func (b *bench) decide() (need, verdict) {
	spent := len(b.pairs) >= mostPairs || b.late >= mostLate || b.Now().Sub(b.began) >= b.Budget
	switch cpu := compare(b.pairs); {
	case b.dishonest != nil:
		return nothing, verdict{status: Fail, by: ByHonesty, reason: b.dishonest}
	case b.unfit != "":
		return nothing, verdict{status: NotChecked, by: ByNothing, why: b.unfit}
	case len(b.pairs) >= enoughPairs && cpu.skipped():
		return b.leavesOut(cpu.Share, spent)
	}
	waiting, known := waitingShare(b.pairs)
	unclear := verdict{status: NotChecked, by: ByNothing, why: "on this machine now it is unclear whether the reference waits for something or for a core"}
	if b.late >= mostLate {
		unclear.why = errLate.Error()
	}
	switch {
	case spent && !known:
		return nothing, unclear
	case !known:
		return aPair, verdict{}
	}
	q := b.question(waiting)
	l := b.figure(q)
	if share := l.shareOf(q); len(b.pairs) >= enoughPairs && share < skipping && compare(b.pairs).Share < sameWork {
		return b.leavesOut(share, spent)
	}
	if b.silent == "" && len(b.observed) < mostLooks && (l == nil || l.Says == NotChecked) {
		return aLook, verdict{}
	}
	if l != nil && !b.Alone && l.Says != Pass && b.standards < confirming && asFast*b.standard < b.AtLeast {
		return aStandard, verdict{}
	}
	if why := b.noStandard(l); why != "" {
		return nothing, verdict{status: NotChecked, by: ByNothing, why: why}
	}
	if l == nil && len(b.pairs) >= enoughPairs && waiting == 0 && neverTwo(b.pairs) {
		return nothing, verdict{status: Fail, by: ByLives, reason: &Reason{Kind: OneWorker, Text: "no two processes that do a part of the work are alive at the same time"}}
	}
	return b.weigh(q, l, spent, unclear)
}

// leavesOut is the verdict on a program that uses a share of the processor time that it is
// compared with. Where the same runs take now more of it and now less, a few of them prove
// nothing.
func (b *bench) leavesOut(share float64, spent bool) (need, verdict) {
	switch {
	case len(b.pairs) < clearPairs && !steady(b.pairs) && !spent:
		return aPair, verdict{}
	case len(b.pairs) < clearPairs && !steady(b.pairs):
		return nothing, verdict{status: NotChecked, by: ByNothing, why: "the processor times vary too much to say whether it does all the work"}
	case b.Alone:
		return nothing, verdict{status: NotChecked, by: ByNothing, why: fmt.Sprintf(
			"the parallel run used %s of the processor time of the program's own serial run, so they don't do the same work", percent(share))}
	}
	return nothing, verdict{status: Fail, by: ByHonesty, reason: &Reason{
		Kind: SkippedWork,
		Text: fmt.Sprintf("the parallel run used %s of the processor time that the reference needs: it leaves work out", percent(share)),
	}}
}

// noStandard says why nobody knows how fast a program can be on this machine; empty: that
// is known, or need not be.
func (b *bench) noStandard(l *analysis) string {
	switch {
	case b.standard > 0 && asFast*b.standard < b.AtLeast/2:
		return fmt.Sprintf("on this machine the reference's own parallel form reaches only %s of what %d workers could", percent(b.standard), b.Workers)
	case b.Alone && l != nil && l.Says == Fail && l.Efficiency >= b.AtLeast/2:
		return fmt.Sprintf("it reaches %s of what %d workers could, and no reference tells whether this machine lets any program reach more", percent(l.Efficiency), b.Workers)
	}
	return ""
}

// weigh sets what the figure says against what the pairs say.
func (b *bench) weigh(q question, l *analysis, spent bool, unclear verdict) (need, verdict) {
	n := len(b.pairs)
	cpu := compare(b.pairs)
	says, silence := NotChecked, b.silent
	if l != nil {
		says, silence = l.Says, l.Why
	}
	t := tallied(b.pairs, q, l)
	switch {
	case t.clear != NotChecked && t.clear != says:
		v := verdict{status: t.clear, by: ByMeasured, why: silence}
		switch says {
		case Pass:
			v.why = "the events show no obstacle, but the reference is faster at the same moment"
		case Fail:
			v.why = "the times are better than the program's events let expect"
		}
		return nothing, v
	case !spent && n < enoughPairs && cpu.Reference >= countable && cpu.Share < sameWork:
		return aPair, verdict{} // too early to say whether work is left out
	case says != NotChecked && (spent || t.mute == n || n >= enoughPairs && 2*t.against <= n):
		v := verdict{status: says, by: ByBoth}
		if 2*t.agree <= n {
			v.by, v.why = ByLogical, t.why(b.Workers, q)
		}
		return nothing, v
	case spent && b.late >= mostLate:
		return nothing, unclear
	case spent:
		return nothing, verdict{status: NotChecked, by: ByNothing, why: t.why(b.Workers, q) + "; " + silence}
	case t.slow && says != Fail:
		return sideBySide, verdict{}
	}
	return aPair, verdict{}
}

// figure is what the best observed run says; nil where that is nothing, or a failure
// that is not confirmed.
func (b *bench) figure(q question) (best *analysis) {
	for _, run := range b.observed {
		a, err := analyse(run, q)
		if err == nil && (best == nil || best.odd && !a.odd || best.odd == a.odd && a.Efficiency > best.Efficiency) {
			best = a
		}
	}
	if best == nil || best.Says == Fail && len(b.observed) < confirming {
		return nil
	}
	best.Runs = len(b.observed)
	return best
}

// A tally counts what the pairs say of a figure.
type tally struct {
	clear    Status // what the last pairs say in a row; NotChecked: they don't
	agree    int    // that say the same
	against  int    // that speak against it, if not all alone
	mute     int    // on a machine too small to tell
	foreseen int    // fast, as the figure lets expect of so few cores although it fails
	slow     bool   // the last pair is, which only a pair side by side can hold against the program
}

func tallied(pairs []pairing, q question, l *analysis) tally {
	t := tally{clear: NotChecked}
	says := NotChecked
	if l != nil {
		says = l.Says
	}
	last, row := NotChecked, 0
	for _, p := range pairs {
		one := NotChecked
		mute, slow := p.mute(q), p.efficiency(q) < q.atLeast
		t.slow = slow && !mute
		switch {
		case mute:
			t.mute++
		case slow && (says == Fail || p.slower(q)):
			one = Fail
		case slow:
		case says == Fail && p.ratio() <= refuted*l.Predicted:
			// The verdict must not depend on whose machine it is.
			t.foreseen++
		default:
			one = Pass
		}
		switch {
		case one == says && one != NotChecked:
			t.agree++
		case one != NotChecked, t.slow && says == Pass:
			t.against++
		}
		if one != last {
			last, row = one, 0
		}
		row++
	}
	if row >= clearPairs {
		t.clear = last
	}
	return t
}

// why says why the times don't decide.
func (t tally) why(workers int, q question) string {
	switch {
	case t.mute > 0:
		return fmt.Sprintf("now this machine gives %d workers only %.1f times what it gives one, so even a serial program would look fast enough", workers, allowed(workers, q.capacity, q.waiting))
	case t.foreseen > 0:
		return fmt.Sprintf("this machine gives %.1f cores, too few to show what %d workers would do", q.capacity, workers)
	}
	return "the times vary too much"
}
