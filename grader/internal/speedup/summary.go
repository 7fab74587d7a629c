package speedup

import (
	"fmt"
	"slices"
)

// report writes down what was found.
func (b *bench) report(o outcome) *Report {
	waiting := o.waiting
	q := b.question(waiting)
	m := measure(b.pairs, q, waiting)
	r := &Report{
		Status: o.status, DecidedBy: o.by, Why: o.why,
		Workers: b.Workers, AtLeast: b.AtLeast,
		Capacity: q.capacity, Wanted: b.AtLeast * allowed(b.Workers, q.capacity, waiting),
		Pairs: m.pairs, Elapsed: b.Now().Sub(b.began),
	}
	if b.silent != "" && r.Logical == nil && o.by != ByHonesty && o.by != ByLives {
		r.Why += " (" + b.silent + ")"
	}
	if len(b.pairs) > 0 {
		r.Measured = m.Measured
		r.SerialCPU = m.CPU.Reference
	}
	if runs := b.runs(waiting); len(runs) > 0 {
		one := middle(runs)
		r.Logical, r.Reasons, r.Lanes = one.logical, one.reasons, lanes(one.events)
	}
	costly := slices.ContainsFunc(r.Reasons, func(one Reason) bool { return one.Kind == StartCost }) // that is where the time went
	if extra, ok := extraWork(m.Measured, r.Logical); ok && !costly {
		r.Reasons = append([]Reason{extra}, r.Reasons...)
	}
	if b.alone {
		r.Reasons = append(r.Reasons, Reason{Kind: OneWorker, Text: "no two processes that do a part of the work are alive at the same time", Share: 1})
	}
	if b.dishonest != nil {
		r.Reasons = append([]Reason{*b.dishonest}, r.Reasons...)
	}
	r.Summary = r.summary()
	return r
}

// extraWork tells of a program that needs far more processor time than the
// reference.
func extraWork(m *Measured, l *Logical) (Reason, bool) {
	if m == nil || m.CPU.Reference < countable || m.CPU.Share < 1.5 {
		return Reason{}, false
	}
	r := Reason{
		Kind: ExtraWork, Share: m.CPU.Share,
		Text: fmt.Sprintf("the parallel run used %.1f times the processor time that the reference needs", m.CPU.Share),
	}
	if l != nil {
		r.Gain = seconds(l.OnWorkers.Seconds() * (1 - 1/m.CPU.Share))
	}
	return r, true
}

// summary says it in one line.
func (r *Report) summary() string {
	switch {
	case r.DecidedBy == ByHonesty, r.DecidedBy == ByLives:
		return r.Reasons[0].Text
	case r.DecidedBy == ByLogical:
		s := fmt.Sprintf("with %d cores it would be %.1f times as fast as the reference; %.1f is wanted", r.Workers, r.Logical.Speedup, r.AtLeast*float64(r.Workers))
		return r.because(s)
	case r.Measured != nil && r.Status != NotChecked:
		s := fmt.Sprintf("%.1f times as fast as the serial reference; %.1f is wanted, and this machine allows %.1f", r.Measured.Ratio, r.Wanted, r.Wanted/r.AtLeast)
		return r.because(s)
	}
	return "the speed-up could not be judged: " + r.Why
}

func (r *Report) because(s string) string {
	if r.Status == Fail && len(r.Reasons) > 0 {
		return s + ": " + r.Reasons[0].Text
	}
	return s
}
