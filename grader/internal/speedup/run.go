package speedup

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Run measures until the verdict is certain or the budget is spent. An error
// means that the grader could not do it.
func Run(ctx context.Context, r Request) (*Report, error) {
	if r.Workers < 2 || r.AtLeast <= 0 || r.AtLeast > 1 {
		return nil, fmt.Errorf("cannot check a speed-up with %d workers and at least %g of it", r.Workers, r.AtLeast)
	}
	b := &bench{ctx: ctx, Request: r}
	if b.Now == nil {
		b.Now = time.Now
	}
	if b.Equal == nil {
		b.Equal = bytes.Equal
	}
	if b.Budget == 0 {
		b.Budget = DefaultBudget
	}
	b.began = b.Now()
	o, err := b.judge()
	if err != nil {
		return nil, fmt.Errorf("cannot measure the speed-up: %w", err)
	}
	return b.report(o), nil
}

// A bench is one check while it goes on.
type bench struct {
	ctx context.Context
	Request
	began time.Time

	last      gauge
	gauges    []gauge
	pairs     []pairing
	observed  []observed
	dishonest *Reason // a fault, another output, left-out work: decides at once
	control   controlled
}

const (
	observations = 3 // runs, when one is not enough
	enoughPairs  = 3 // to accuse a program of leaving work out
	controls     = 3
	firstWindow  = 50 * time.Millisecond
)

// judge does what the evidence so far asks for, until it asks for no more.
func (b *bench) judge() (outcome, error) {
	if err := b.gauge(); err != nil {
		return outcome{}, err
	}
	if err := b.pair(); err != nil || b.dishonest != nil {
		return b.refuse(), err
	}
	if err := b.observe(); err != nil || b.dishonest != nil {
		return b.refuse(), err
	}
	for {
		cpu := compare(b.pairs)
		if len(b.pairs) >= enoughPairs && cpu.skipped() {
			b.dishonest = &Reason{
				Kind: SkippedWork, Share: cpu.Share,
				Text: fmt.Sprintf("the parallel run used %s of the processor time that the reference needs: it leaves work out", percent(cpu.Share)),
			}
			return b.refuse(), nil
		}
		m := measure(b.pairs, b.question(), b.waiting())
		spent := b.Now().Sub(b.began) >= b.Budget || len(b.pairs) >= strict.last
		o := decide(m, b.logical(), b.control, b.Workers, spent)
		if o.next == nothing && len(b.pairs) < enoughPairs && cpu.Reference >= countable && cpu.Share < sameWork && !spent {
			o.next = pairs // too early to say whether work is left out
		}
		var err error
		switch o.next {
		case nothing:
			return o, nil
		case pairs:
			err = b.pair()
		case control:
			err = b.check()
		}
		if err != nil || b.dishonest != nil {
			return b.refuse(), err
		}
	}
}

// refuse is the outcome of a dishonest comparison.
func (b *bench) refuse() outcome {
	return outcome{status: Fail, by: ByHonesty}
}

// gauge probes the machine.
func (b *bench) gauge() error {
	window := firstWindow
	if n := len(b.pairs); n > 0 {
		window = min(max(b.pairs[n-1].parallel.Wall/4, firstWindow/2), 2*firstWindow)
	}
	one, err := b.Runner.Probe(b.ctx, 1, window)
	if err != nil {
		return err
	}
	many, err := b.Runner.Probe(b.ctx, b.Workers, window)
	if err != nil {
		return err
	}
	b.last = read(one, many)
	b.gauges = append(b.gauges, b.last)
	return nil
}

// pair runs the reference and the student's program, in the order of A B B A,
// and probes the machine again.
func (b *bench) pair() error {
	serialFirst := (uint64(len(b.pairs))+b.Seed)%2 == 0
	before := b.last
	p := pairing{serialFirst: serialFirst}
	for i := range 2 {
		var err error
		if serial := (i == 0) == serialFirst; serial {
			p.serial, err = b.serial()
		} else {
			p.parallel, err = b.Runner.Parallel(b.ctx)
		}
		if err != nil {
			return err
		}
	}
	if b.accuse(p.serial, p.parallel); b.dishonest != nil {
		return nil
	}
	if err := b.gauge(); err != nil {
		return err
	}
	p.gauge = between(before, b.last)
	b.pairs = append(b.pairs, p)
	return nil
}

// serial runs the reference, which has to work.
func (b *bench) serial() (Trial, error) {
	t, err := b.Runner.Serial(b.ctx)
	if err == nil && t.Fault != "" {
		err = fmt.Errorf("the reference's serial run: %s", t.Fault)
	}
	if err == nil && t.Wall <= 0 {
		err = fmt.Errorf("the reference's serial run took no time")
	}
	return t, err
}

// accuse looks for faults and other output than the reference's.
func (b *bench) accuse(serial, student Trial) {
	switch {
	case student.Fault != "":
		b.dishonest = &Reason{Kind: Faulty, Text: "the parallel run: " + student.Fault}
	case !b.Equal(serial.Output, student.Output):
		b.dishonest = &Reason{Kind: WrongOutput, Text: "the parallel run printed something else than the serial reference"}
	}
}

// observe runs the student's program with events, more often where the figure
// is near what is wanted.
func (b *bench) observe() error {
	for len(b.observed) < observations {
		t, err := b.Runner.Observe(b.ctx)
		if err != nil {
			return err
		}
		if b.accuse(b.pairs[0].serial, t); b.dishonest != nil || len(t.Events) == 0 {
			return nil
		}
		l, reasons, err := analyse(t.Events, b.question())
		if err != nil {
			// Events that don't fit together say nothing of the program; the times have
			// to do.
			return nil
		}
		b.observed = append(b.observed, observed{logical: l, reasons: reasons, events: t.Events})
		if !unsure(l, b.AtLeast) {
			return nil
		}
	}
	return nil
}

// check runs the reference in parallel, to learn whether anybody could be fast
// enough now.
func (b *bench) check() error {
	var efficiencies []float64
	for range controls {
		before := b.last
		serial, err := b.serial()
		if err != nil {
			return err
		}
		parallel, err := b.Runner.Control(b.ctx)
		if err != nil {
			return err
		}
		if parallel.Fault != "" {
			return fmt.Errorf("the reference's parallel run: %s", parallel.Fault)
		}
		if err := b.gauge(); err != nil {
			return err
		}
		limit := allowed(b.Workers, between(before, b.last).cores, b.waiting())
		efficiencies = append(efficiencies, serial.Wall.Seconds()/parallel.Wall.Seconds()/limit)
	}
	b.control = slow
	if median(efficiencies) >= b.AtLeast {
		b.control = fast
	}
	return nil
}

// logical is the median of the observed runs; nil where there is none.
func (b *bench) logical() *Logical {
	if len(b.observed) == 0 {
		return nil
	}
	return middle(b.observed).logical
}

// waiting is the part of the reference's time that it waits for the outside.
func (b *bench) waiting() float64 {
	var shares []float64
	for _, p := range b.pairs {
		shares = append(shares, waitingShare(p.serial.Wall.Seconds(), p.serial.CPU.Seconds(), p.gauge.lone))
	}
	if len(shares) == 0 {
		return 0
	}
	return median(shares)
}

// question is what the events are asked, given what is known of the machine.
func (b *bench) question() question {
	q := question{workers: b.Workers, atLeast: b.AtLeast}
	waiting := b.waiting()
	var cores, shares, times []float64
	for _, g := range b.gauges {
		cores, shares = append(cores, g.cores), append(shares, g.share)
	}
	for _, p := range b.pairs {
		times = append(times, p.serial.CPU.Seconds()*p.gauge.inflation+waiting*p.serial.Wall.Seconds())
	}
	q.capacity = median(cores)
	q.reference = seconds(median(times))
	q.conditions = conditions{share: median(shares), waits: waiting > 0}
	return q
}
