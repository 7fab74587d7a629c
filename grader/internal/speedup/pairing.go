package speedup

import (
	"math"
	"slices"
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
	countable = 0.02 // seconds
)

// A pairing is what one pair of runs and the gauge between them showed.
type pairing struct {
	serial, parallel Trial
	control          Trial // the reference's parallel form; Wall is 0 where it was not run
	gauge            gauge
	serialFirst      bool
}

func (p pairing) limit(q question) float64 { return allowed(q.workers, p.gauge.cores, q.waiting) }

func (p pairing) mute(q question) bool { return p.limit(q)*q.atLeast < telling }

func (p pairing) ratio() float64 {
	return p.serial.Wall.Seconds() / max(p.parallel.Wall, time.Nanosecond).Seconds()
}

// efficiency is the speed-up as a share of what the machine allowed.
func (p pairing) efficiency(q question) float64 {
	e := p.ratio() / p.limit(q)
	if q.waiting == 0 {
		e *= min(1, p.share()/sameWork) // work that was left out buys no speed-up
	}
	return e
}

// slower reports whether the reference's parallel form was fast enough at the same
// moment, and the student's program clearly slower.
func (p pairing) slower(q question) bool {
	return p.control.Wall > 0 && p.control.Wall.Seconds() < asFast*p.parallel.Wall.Seconds() &&
		p.serial.Wall.Seconds()/p.control.Wall.Seconds() >= q.atLeast*p.limit(q)
}

// share is the student's processor time against the reference's.
func (p pairing) share() float64 {
	if p.serial.CPU <= 0 {
		return 1
	}
	return p.parallel.CPU.Seconds() / p.gauge.inflation / p.serial.CPU.Seconds()
}

// neverTwo reports whether in no run two processes that took a part in the work were
// alive at the same time, nor one of them worked with several threads. However busy a
// machine is, it makes nobody wait for a process that has not been started.
func neverTwo(pairs []pairing) bool {
	return !slices.ContainsFunc(pairs, func(p pairing) bool {
		return p.parallel.AtOnce != 1 || p.parallel.CPU > p.parallel.Wall+p.parallel.Wall/8
	})
}

// over is the median of a figure over the pairs.
func over(pairs []pairing, figure func(pairing) float64) float64 {
	values := make([]float64, len(pairs))
	for i, p := range pairs {
		values[i] = figure(p)
	}
	return median(values)
}

func measure(pairs []pairing, q question) *Measured {
	return &Measured{
		Ratio:      over(pairs, pairing.ratio),
		Efficiency: over(pairs, func(p pairing) float64 { return p.efficiency(q) }),
		CPU:        compare(pairs),
	}
}

// compare looks for left-out work in processor times.
func compare(pairs []pairing) CPUShare {
	return CPUShare{
		Reference: over(pairs, func(p pairing) float64 { return p.serial.CPU.Seconds() }),
		Student:   over(pairs, func(p pairing) float64 { return p.parallel.CPU.Seconds() }),
		Share:     over(pairs, pairing.share),
	}
}

// steady reports whether runs of the same program use about the same processor time.
func steady(pairs []pairing) bool {
	for _, cpu := range []func(pairing) time.Duration{func(p pairing) time.Duration { return p.serial.CPU }, func(p pairing) time.Duration { return p.parallel.CPU }} {
		times := make([]time.Duration, len(pairs))
		for i, p := range pairs {
			times[i] = cpu(p)
		}
		if float64(slices.Min(times)) < sameWork*float64(slices.Max(times)) {
			return false
		}
	}
	return true
}

// skipped reports whether the student's program does less than the reference.
func (c CPUShare) skipped() bool { return c.Reference >= countable && c.Share < skipping }

// wanted is the share of what is possible that is wanted: no more than most of what the
// reference reaches itself.
func (b *bench) wanted() float64 {
	if b.standard == 0 {
		return b.AtLeast
	}
	return min(b.AtLeast, asFast*b.standard)
}

// question is what the events are asked, given what is known of the machine.
func (b *bench) question(waiting float64) question {
	waited := func(p pairing) float64 { return waiting * p.serial.Wall.Seconds() }
	reference := func(p pairing) float64 { return p.serial.CPU.Seconds()*p.gauge.inflation + waited(p) }
	least := math.Inf(1)
	for _, p := range b.pairs {
		least = min(least, reference(p))
	}
	return question{
		workers: b.Workers, atLeast: b.wanted(), waiting: waiting,
		capacity:  over(b.pairs, func(p pairing) float64 { return p.gauge.cores }),
		reference: over(b.pairs, reference),
		least:     least,
		share:     compare(b.pairs).Share,
		waited:    over(b.pairs, waited),
	}
}

// The median part of a reference's time that it was not seen to compute in, from which
// on it counts as waiting for the outside, and up to which it does not. On a machine
// whose load changes between a run and its probe, half of the time may seem to be
// spent so by a program that only computes.
const (
	waits     = 0.7
	computes  = 0.5
	leastUsed = 0.1 // of a core, by a program that computes; where it gets less, it must compute for long
)

// waitingShare is which part of its time the reference waits for the outside, 0 where
// it is no large part. A reference that is slow without computing may also queue for
// a core: known is false while the two look alike.
func waitingShare(pairs []pairing) (share float64, known bool) {
	share = over(pairs, func(p pairing) float64 {
		return clip(1-p.serial.CPU.Seconds()/p.gauge.lone/p.serial.Wall.Seconds(), 0, 1)
	})
	switch {
	case slices.ContainsFunc(pairs, func(p pairing) bool { return p.serial.CPU >= p.serial.Wall/2 }):
		return 0, true // it computed most of the time, whatever else went on
	case len(pairs) < enoughPairs:
		return 0, false
	case share >= waits:
		return share, true
	}
	used := over(pairs, func(p pairing) float64 { return p.serial.CPU.Seconds() / p.serial.Wall.Seconds() })
	return 0, share <= computes && (used >= leastUsed || compare(pairs).Reference >= 5*countable)
}

// median of some values; 0, which every figure takes for unknown, for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// A gauge is what the machine gave at one moment, from a probe with one thread
// and one with as many as there are workers, right after each other.
type gauge struct {
	cores     float64 // work that all got done per second, in units of what one got done
	lone      float64 // part of a core that the one got
	inflation float64 // processor time per work, many against one: cores that slow each other down
}

// read compares the two probes.
func read(one, many Probe) gauge {
	g := gauge{cores: 1, lone: 1, inflation: 1}
	if one.Work == 0 || many.Work == 0 || one.Wall <= 0 || many.Wall <= 0 {
		return g
	}
	alone := float64(one.Work) / one.Wall.Seconds()
	together := float64(many.Work) / many.Wall.Seconds()
	// More threads never get less done than one, but for noise; each gets at most
	// a core.
	g.cores = clip(together/alone, 1, float64(max(1, many.Threads)))
	if one.CPU > 0 && many.CPU > 0 {
		g.lone = clip(one.CPU.Seconds()/one.Wall.Seconds(), 0.01, 1)
		g.inflation = max(1, many.CPU.Seconds()/float64(many.Work)/(one.CPU.Seconds()/float64(one.Work)))
	}
	return g
}

func clip(x, low, high float64) float64 { return min(max(x, low), high) }

// allowed is the best speed-up that the machine allows a program whose serial
// form computes for one part of its time and waits for the outside for the rest.
// Computing is bounded by the cores, waiting only by the number of workers.
func allowed(workers int, cores, waiting float64) float64 {
	k := float64(workers)
	return 1 / ((1-waiting)/min(k, cores) + waiting/k)
}
