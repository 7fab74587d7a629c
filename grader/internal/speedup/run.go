package speedup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
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
	if b.Budget == 0 {
		b.Budget = DefaultBudget
	}
	b.began = b.Now()
	for {
		next, v := b.decide()
		var err error
		switch next {
		case nothing:
			return b.report(v), nil
		case aPair:
			err = b.pair(false)
		case sideBySide:
			err = b.pair(true)
		case aLook:
			err = b.look()
		case aStandard:
			err = b.lookAtReference()
		}
		if errors.Is(err, errLate) { // the machine was too slow for this pair; a few times that is excused
			b.late++
			err = nil
		}
		if err != nil {
			return nil, fmt.Errorf("cannot measure the speed-up: %w", err)
		}
	}
}

// A bench is one check while it goes on.
type bench struct {
	ctx context.Context
	Request
	began time.Time

	pairs     []pairing
	observed  [][]trace.Event
	silent    string  // why there are no more events
	standards int     // looks at the reference's parallel form
	standard  float64 // its best efficiency; 0: not known
	dishonest *Reason // a fault or another output: decides at once
	unfit     string  // why the student's own serial form can't be compared with; empty: it can
	late      int     // runs of the reference that the limit of real time ended
}

// errLate says that not even the reference kept within its limit of real time.
var errLate = errors.New("not even the reference ends within its time limit on this machine now")

// pair runs the reference and the student's program, in the order of A B B A, and
// probes the machine between the two; side by side, the reference's parallel form is run
// too, to learn whether anybody could be fast enough now. On a busy machine, starting
// processes is slow for everybody.
func (b *bench) pair(beside bool) error {
	p := pairing{serialFirst: (uint64(len(b.pairs))+b.Seed)%2 == 0}
	steps := []func() error{
		func() (err error) { p.serial, err = b.reference(b.Runner.Serial); return err },
		func() (err error) { p.gauge, err = b.gauge(); return err },
		func() (err error) { p.parallel, err = b.Runner.Parallel(b.ctx); return err },
		func() (err error) {
			// The reference's serial form was in time a moment ago, its parallel form may not be.
			if b.Alone {
				if p.parallel.Late {
					err = errLate
				}
			} else if beside || p.parallel.Late {
				p.control, err = b.reference(b.Runner.Control)
			}
			return err
		},
	}
	if !p.serialFirst {
		steps[0], steps[2] = steps[2], steps[0]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if b.accuse(p.serial, p.parallel); b.dishonest == nil && b.unfit == "" {
		b.pairs = append(b.pairs, p)
	}
	return nil
}

// reference runs the course's program, which has to work.
func (b *bench) reference(run func(context.Context) (Trial, error)) (Trial, error) {
	t, err := run(b.ctx)
	switch {
	case err != nil:
		return t, err
	case t.Late:
		return t, errLate
	case t.Fault != "" && b.Alone:
		b.unfit = "the program's own serial run, with which its speed is compared here: " + t.Fault
	case t.Fault != "":
		return t, fmt.Errorf("the reference's run: %s", t.Fault)
	case t.Wall <= 0:
		return t, errors.New("the reference's run took no time")
	}
	return t, nil
}

// gauge probes the machine. No two pairs have a probe in common.
func (b *bench) gauge() (gauge, error) {
	const window = 50 * time.Millisecond
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

// look observes the student's program in one run.
func (b *bench) look() error {
	waiting, _ := waitingShare(b.pairs)
	t, err := b.Runner.Observe(b.ctx, waiting > 0)
	if err != nil {
		return err
	}
	if t.Late {
		b.silent = "the observed run did not end in time" // observing takes time too
		return nil
	}
	if b.accuse(b.pairs[0].serial, t); b.dishonest != nil {
		return nil
	}
	if len(t.Events) == 0 {
		b.silent = "there are no events to reason from"
	} else if _, err := analyse(t.Events, b.question(0)); err != nil {
		// Events that don't fit together say nothing of the program.
		b.silent = err.Error()
	} else if t.Clocked {
		b.observed = append(b.observed, t.Events)
	} else {
		quiet := over(b.pairs, func(p pairing) float64 { return p.parallel.CPU.Seconds() })
		b.observed = append(b.observed, quieten(t.Events, t.CPU-seconds(quiet)))
	}
	return nil
}

// mostTelling bounds what it can cost a process to tell of one operation, where what a run
// used beyond others may also be the machine's doing.
const mostTelling = 200 * time.Microsecond

// quieten takes out of a run's events the processor time that telling them cost, each as
// much: what the run used beyond those that tell nothing. Otherwise a lock that is taken
// often, for a moment, seems to be held for long.
func quieten(events []trace.Event, extra time.Duration) []trace.Event {
	cost := min(max(0, extra)/time.Duration(len(events)), mostTelling)
	events = slices.Clone(events)
	var order []*trace.Event
	for i := range events {
		order = append(order, &events[i])
	}
	slices.SortStableFunc(order, func(a, b *trace.Event) int { return cmp.Compare(a.Op, b.Op) })
	told, kept := map[string]time.Duration{}, map[string]time.Duration{} // by process, until its last event
	for _, e := range order {
		used := e.CPU - told[e.Proc]
		if told[e.Proc] = e.CPU; e.Kind != trace.Begin {
			used = max(0, used-cost)
		}
		kept[e.Proc] += used
		e.CPU = kept[e.Proc]
	}
	return events
}

// lookAtReference observes the reference's parallel form in one run, to learn what can be
// reached here. Where it tells nothing, what was asked for stays.
func (b *bench) lookAtReference() error {
	b.standards++
	waiting, _ := waitingShare(b.pairs)
	t, err := b.reference(func(ctx context.Context) (Trial, error) { return b.Runner.Standard(ctx, waiting > 0) })
	if errors.Is(err, errLate) {
		return nil // observing takes time too
	}
	if err != nil || len(t.Events) == 0 {
		return err
	}
	if a, err := analyse(t.Events, b.question(waiting)); err == nil && !a.odd {
		b.standard = max(b.standard, a.Efficiency)
	}
	return nil
}

// accuse looks for faults and other output than the reference's.
func (b *bench) accuse(serial, student Trial) {
	switch {
	case student.Fault != "":
		b.dishonest = &Reason{Kind: Faulty, Text: "the parallel run: " + student.Fault}
	case b.unfit != "":
	case b.Alone && !bytes.Equal(serial.Output, student.Output):
		b.unfit = "the program's own serial run, with which its speed is compared here, prints something else than the parallel run: " + difference(serial.Output, student.Output)
	case !bytes.Equal(serial.Output, student.Output):
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

// report writes down what was found.
func (b *bench) report(v verdict) *Report {
	waiting, _ := waitingShare(b.pairs)
	q := b.question(waiting)
	r := &Report{
		Status: v.status, DecidedBy: v.by, Why: v.why, Alone: b.Alone, Workers: b.Workers, AtLeast: b.wanted(), Standard: b.standard,
		Capacity: q.capacity, Wanted: b.wanted() * allowed(b.Workers, q.capacity, waiting), Seconds: b.Now().Sub(b.began).Seconds(),
	}
	l := b.figure(q)
	if len(b.pairs) > 0 {
		r.Measured = measure(b.pairs, q)
		r.Measured.Says = tallied(b.pairs, q, l).clear
		for _, p := range b.pairs {
			r.Pairs = append(r.Pairs, Pair{
				Serial: p.serial.Wall.Seconds(), Parallel: p.parallel.Wall.Seconds(), Control: p.control.Wall.Seconds(),
				SerialCPU: p.serial.CPU.Seconds(), ParallelCPU: p.parallel.CPU.Seconds(),
				Capacity: p.limit(q), Efficiency: p.efficiency(q), SerialFirst: p.serialFirst,
			})
		}
	}
	if l != nil {
		r.Logical, r.Reasons = &l.Logical, l.explain()
	}
	costly := slices.ContainsFunc(r.Reasons, func(one Reason) bool { return one.Kind == StartCost }) // that is where the time went
	if m := r.Measured; m != nil && m.CPU.Reference >= countable && m.CPU.Share >= 1.5 && !costly {
		extra := Reason{Kind: ExtraWork, Text: fmt.Sprintf("the parallel run used %.1f times the processor time that the reference needs", m.CPU.Share)}
		if l != nil {
			extra.Gain = l.OnWorkers * (1 - 1/m.CPU.Share)
		}
		r.Reasons = append([]Reason{extra}, r.Reasons...)
	}
	if v.reason != nil {
		r.Reasons = append([]Reason{*v.reason}, r.Reasons...)
	}
	r.Summary = r.summary()
	return r
}

// summary says it in one line.
func (r *Report) summary() string {
	s, than := "the speed-up could not be judged: "+r.Why, "the serial reference"
	if r.Alone {
		than = "its own serial form"
	}
	switch r.DecidedBy {
	case ByHonesty, ByLives:
		return r.Reasons[0].Text
	case ByLogical:
		s = fmt.Sprintf("with %d cores it would be %.1f times as fast as %s; %.1f is wanted", r.Workers, r.Logical.Speedup, strings.Replace(than, "serial reference", "reference", 1), r.AtLeast*float64(r.Workers))
	case ByBoth, ByMeasured:
		s = fmt.Sprintf("%.1f times as fast as %s; %.1f is wanted, and this machine allows %.1f", r.Measured.Ratio, than, r.Wanted, r.Wanted/r.AtLeast)
	}
	if r.Status == Fail && len(r.Reasons) > 0 {
		return s + ": " + r.Reasons[0].Text
	}
	return s
}
