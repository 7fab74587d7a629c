package speedup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
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
	if errors.Is(err, errLate) {
		o, err = b.tooSlow(), nil
	}
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

	pairs     []pairing
	observed  [2][]observed // each run, read as if the reference computed, and as if it waited
	silent    string        // why there are no events
	dishonest *Reason       // a fault, another output, left-out work: decides at once
	alone     bool          // no two processes at work were ever alive at once
	control   controlled
	late      int // runs of the reference that the limit of real time ended
}

const (
	enoughPairs = 3 // to say that a program leaves work out, or waits for the outside
	firstWindow = 50 * time.Millisecond
	latest      = 3 // late runs of the reference, until the machine counts as too slow
)

// judge does what the evidence so far asks for, until it asks for no more.
func (b *bench) judge() (outcome, error) {
	// Whether the reference waits for the outside decides how events are read, and
	// one pair on a busy machine can't tell.
	for len(b.pairs) == 0 || len(b.readings()) > 1 && len(b.pairs) < enoughPairs {
		if err := b.pair(); err != nil || b.dishonest != nil {
			return b.refuse(), err
		}
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
		if len(b.observed[0]) == 0 && len(b.pairs) >= enoughPairs && neverTwo(b.pairs) {
			b.alone = true
			return outcome{status: Fail, by: ByLives}, nil
		}
		spent := b.Now().Sub(b.began) >= b.Budget || len(b.pairs) >= strict.last
		var each []outcome
		for _, waiting := range b.readings() {
			o := decide(measure(b.pairs, b.question(waiting), waiting), b.logical(waiting), b.control, b.Workers, spent)
			o.waiting = waiting
			each = append(each, o)
		}
		o := agree(each, spent)
		if o.next == nothing && len(b.pairs) < enoughPairs && cpu.Reference >= countable && cpu.Share < sameWork && !spent {
			o.next = pairs // too early to say whether work is left out
		}
		if o.next == nothing && o.status == Fail && o.by == ByLogical && !b.confirmed(o.waiting) {
			o.next = look
		}
		var err error
		switch o.next {
		case nothing:
			return o, nil
		case pairs:
			err = b.pair()
		case control:
			err = b.duel(o.waiting)
		case look:
			err = b.lookAgain()
		}
		if err != nil || b.dishonest != nil {
			return b.refuse(), err
		}
	}
}

// neverTwo reports whether in no run two processes that took a part in the work were
// alive at the same time, nor one of them worked with several threads. However busy a
// machine is, it makes nobody wait for a process that has not been started.
func neverTwo(pairs []pairing) bool {
	return !slices.ContainsFunc(pairs, func(p pairing) bool {
		return p.parallel.AtOnce != 1 || p.parallel.CPU > p.parallel.Wall+p.parallel.Wall/8
	})
}

// refuse is the outcome of a dishonest comparison.
func (b *bench) refuse() outcome {
	return outcome{status: Fail, by: ByHonesty}
}

// gauge probes the machine.
func (b *bench) gauge() (gauge, error) {
	window := firstWindow
	if n := len(b.pairs); n > 0 {
		window = min(max(b.pairs[n-1].parallel.Wall/4, firstWindow/2), 2*firstWindow)
	}
	one, err := b.Runner.Probe(b.ctx, 1, window)
	if err != nil {
		return gauge{}, err
	}
	many, err := b.Runner.Probe(b.ctx, b.Workers, window)
	if err != nil {
		return gauge{}, err
	}
	return read(one, many), nil
}

// pair runs the reference and the student's program, in the order of A B B A,
// and probes the machine between the two. No two pairs have a probe in common:
// the rule takes them for independent.
func (b *bench) pair() error {
	serialFirst := (uint64(len(b.pairs))+b.Seed)%2 == 0
	p, err := b.race(serialFirst, b.Runner.Parallel)
	if err != nil {
		return b.excuse(err)
	}
	if p.parallel.Late {
		// The reference was in time a moment ago, but in its serial form.
		if err := b.inTime(); err != nil {
			return b.excuse(err)
		}
	}
	if b.accuse(p.serial, p.parallel); b.dishonest == nil {
		b.pairs = append(b.pairs, p)
	}
	return nil
}

// race runs the reference's serial form and another program, with a probe
// between them.
func (b *bench) race(serialFirst bool, other func(context.Context) (Trial, error)) (pairing, error) {
	p := pairing{serialFirst: serialFirst}
	steps := []func() error{
		func() (err error) { p.serial, err = b.serial(); return err },
		func() (err error) { p.gauge, err = b.gauge(); return err },
		func() (err error) { p.parallel, err = other(b.ctx); return err },
	}
	if !serialFirst {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// serial runs the reference, which has to work.
func (b *bench) serial() (Trial, error) {
	t, err := b.Runner.Serial(b.ctx)
	if err == nil && t.Late {
		err = errLate
	}
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
		b.dishonest = &Reason{Kind: WrongOutput, Text: "the parallel run printed something else than the serial reference: " + difference(serial.Output, student.Output)}
	}
}

// difference tells of the first line that is not the same.
func difference(want, got []byte) string {
	const longest = 60
	line := func(lines [][]byte, n int) string {
		if n >= len(lines) {
			return "nothing"
		}
		if text := []rune(string(lines[n])); len(text) > longest {
			return fmt.Sprintf("%q…", string(text[:longest]))
		}
		return fmt.Sprintf("%q", lines[n])
	}
	wanted, seen := bytes.Split(bytes.TrimSuffix(want, []byte("\n")), []byte("\n")), bytes.Split(bytes.TrimSuffix(got, []byte("\n")), []byte("\n"))
	for n := range max(len(wanted), len(seen)) {
		if a, b := line(wanted, n), line(seen, n); a != b {
			return fmt.Sprintf("line %d is %s, not %s", n+1, b, a)
		}
	}
	return "they differ in spaces or in the last line's end"
}

// question is what the events are asked, given what is known of the machine.
func (b *bench) question(waiting float64) question {
	q := question{workers: b.Workers, atLeast: b.AtLeast}
	var cores, times, waited []float64
	for _, p := range b.pairs {
		cores, waited = append(cores, p.gauge.cores), append(waited, waiting*p.serial.Wall.Seconds())
		times = append(times, p.serial.CPU.Seconds()*p.gauge.inflation+waiting*p.serial.Wall.Seconds())
	}
	q.capacity = median(cores)
	q.reference = seconds(median(times))
	q.waited = seconds(median(waited))
	q.conditions = conditions{waits: waiting > 0}
	return q
}
