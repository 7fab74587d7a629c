package speedup

import (
	"fmt"
	"time"
)

const (
	// Where the wanted speed-up is below this, a serial program's times would pass
	// too: times can't tell.
	telling = 1.25
	// A run that takes less than this share of the reference's processor time
	// leaves work out.
	skipping = 0.6
	// Differences of processor time up to this share are noise.
	sameWork = 0.85
	// Below this, processor time is mostly the cost of being a process.
	countable = 20 * time.Millisecond
)

// A pairing is what one pair of runs and the gauge around it showed.
type pairing struct {
	serial, parallel Trial
	gauge            gauge
	serialFirst      bool
}

// measurement is what the pairs say, under both rules.
type measurement struct {
	*Measured
	agrees Status  // under the rule for confirming the logical figure
	mute   bool    // the machine is such that no number of pairs can tell
	limit  float64 // what the machine allows, median
	wanted float64 // efficiency
	pairs  []Pair
}

// measure judges what was seen so far. waiting is the part of the reference's
// time that it waits for the outside.
func measure(pairs []pairing, q question, waiting float64) measurement {
	m := measurement{Measured: &Measured{Pairs: len(pairs), Says: NotChecked, Why: "no pair was run"}, agrees: NotChecked, wanted: q.atLeast}
	if len(pairs) == 0 {
		return m
	}
	var ratios, efficiencies, limits []float64
	for _, p := range pairs {
		limit := allowed(q.workers, p.gauge.cores, waiting)
		ratio := p.serial.Wall.Seconds() / max(p.parallel.Wall, time.Nanosecond).Seconds()
		efficiency := ratio / limit
		if waiting == 0 {
			// Work that was left out buys no speed-up.
			efficiency *= min(1, p.share()/sameWork)
		}
		ratios, efficiencies, limits = append(ratios, ratio), append(efficiencies, efficiency), append(limits, limit)
		m.pairs = append(m.pairs, Pair{
			Serial: p.serial.Wall, Parallel: p.parallel.Wall, SerialCPU: p.serial.CPU, ParallelCPU: p.parallel.CPU,
			Capacity: limit, Efficiency: efficiency, SerialFirst: p.serialFirst,
		})
	}
	i := strict.interval(efficiencies)
	m.Ratio, m.Efficiency = median(ratios), median(efficiencies)
	m.Low, m.High, m.Confidence = i.low, i.high, i.confidence
	m.CPU = compare(pairs)
	if m.limit = median(limits); m.limit*q.atLeast < telling {
		m.mute = true
		m.Why = mute(q.workers, m.limit)
		return m
	}
	m.Says, m.Why = i.says(q.atLeast), ""
	m.agrees = agreeing.interval(efficiencies).says(q.atLeast)
	if m.Says == NotChecked {
		m.Why = "the times vary too much"
		if len(pairs) < strict.first {
			m.Why = "there are too few pairs"
		}
	}
	return m
}

func mute(workers int, limit float64) string {
	return fmt.Sprintf("now this machine gives %d workers only %.1f times what it gives one, so even a serial program would look fast enough", workers, limit)
}

// share is the student's processor time against the reference's.
func (p pairing) share() float64 {
	if p.serial.CPU <= 0 {
		return 1
	}
	return p.parallel.CPU.Seconds() / p.gauge.inflation / p.serial.CPU.Seconds()
}

// compare looks for left-out work in processor times.
func compare(pairs []pairing) CPUShare {
	var serial, parallel, shares []float64
	for _, p := range pairs {
		serial, parallel, shares = append(serial, p.serial.CPU.Seconds()), append(parallel, p.parallel.CPU.Seconds()), append(shares, p.share())
	}
	if len(pairs) == 0 {
		return CPUShare{}
	}
	return CPUShare{Reference: seconds(median(serial)), Student: seconds(median(parallel)), Share: median(shares)}
}

// skipped says whether the student's program does less than the reference.
func (c CPUShare) skipped() bool {
	return c.Reference >= countable && c.Share < skipping
}
