package speedup

import "errors"

// A student's program this much slower than the reference in its parallel form,
// at the same moments, is slow by its own fault.
const asFast = 0.8

// duel runs the reference in parallel beside the student's program, to learn
// whether anybody could be fast enough now, and whether the student's program is
// the slower of the two. Only then may times that the events don't explain be held
// against it: on a busy machine, starting processes is slow for everybody.
func (b *bench) duel(waiting float64) error {
	var efficiencies, shares []float64
	b.control = slow
	for i := range strict.last {
		p, err := b.race(i%2 == 0, b.Runner.Control)
		if err == nil && p.parallel.Late {
			err = errLate
		}
		if errors.Is(err, errLate) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.parallel.Fault != "" {
			return errors.New("the reference's parallel run: " + p.parallel.Fault)
		}
		student, err := b.Runner.Parallel(b.ctx)
		if err != nil {
			return err
		}
		if student.Late {
			return nil
		}
		if b.accuse(p.serial, student); b.dishonest != nil {
			return nil
		}
		limit := allowed(b.Workers, p.gauge.cores, waiting)
		efficiencies = append(efficiencies, p.serial.Wall.Seconds()/p.parallel.Wall.Seconds()/limit)
		shares = append(shares, p.parallel.Wall.Seconds()/student.Wall.Seconds())
		switch strict.interval(shares).says(asFast) {
		case Fail:
			if median(efficiencies) >= b.AtLeast {
				b.control = fast
			}
			return nil
		case Pass:
			return nil
		}
		if b.Now().Sub(b.began) >= 2*b.Budget {
			return nil
		}
	}
	return nil
}
