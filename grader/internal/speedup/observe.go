package speedup

import "slices"

const (
	observations = 5 // runs, when fewer are not enough
	confirming   = 2 // runs that fail a program whose times say nothing
)

// observe runs the student's program with events, more often where the figure
// is near what is wanted.
func (b *bench) observe() error {
	for len(b.observed[0]) < observations {
		near, err := b.look()
		if err != nil || !near {
			return err
		}
	}
	return nil
}

// look observes one run, and says whether its figure is too near what is wanted
// to be trusted. A run that tells nothing is not added to those observed.
func (b *bench) look() (near bool, err error) {
	t, err := b.Runner.Observe(b.ctx)
	if err != nil {
		return false, err
	}
	if t.Late {
		b.silent = "the observed run did not end in time"
		return false, nil // observing takes time too
	}
	if b.accuse(b.pairs[0].serial, t); b.dishonest != nil || len(t.Events) == 0 {
		return false, nil
	}
	var each [2]observed // under both readings, or not at all
	for i := range each {
		l, reasons, err := analyse(t.Events, b.question(b.reading(i)))
		if err != nil {
			// Events that don't fit together say nothing of the program; the times have
			// to do.
			b.silent = err.Error()
			return false, nil
		}
		each[i] = observed{logical: l, reasons: reasons, events: t.Events}
		near = near || (unsure(l, b.AtLeast) || l.Says == NotChecked) && b.reads(i)
	}
	for i, o := range each {
		b.observed[i] = append(b.observed[i], o)
	}
	return near, nil
}

// confirmed says whether enough runs were observed to fail a program by its
// events alone. One is too few: while a hypervisor gives a core to somebody else,
// a process's clock of processor time may go on, and the chain that it was on
// gets too long. A pass needs no second run: work beyond the reference's counts
// for little (slack), so that such a moment only makes a program look worse.
func (b *bench) confirmed(waiting float64) bool {
	runs := b.runs(waiting)
	return len(runs) >= observations ||
		len(runs) >= confirming && !slices.ContainsFunc(runs, func(o observed) bool { return o.logical.Says != Fail })
}

// lookAgain observes another run. Where that shows nothing, the failure that it
// should have confirmed is dropped, and the times have to do.
func (b *bench) lookAgain() error {
	before := len(b.observed[0])
	_, err := b.look()
	if len(b.observed[0]) == before {
		b.observed = [2][]observed{}
	}
	return err
}
