package speedup

// A reference that is slow without computing either waits for the outside or
// queues for a core, and on a busy machine the two look alike. That decides what
// a machine allows and how gaps between events are read. Where it is not clear,
// everything is judged both ways, and only what holds both ways is said.

// readings are the parts of the reference's time that it may have spent waiting
// for the outside: one when that is clear, else two.
func (b *bench) readings() []float64 {
	var shares []float64
	computed, waited := 0, 0
	for _, p := range b.pairs {
		wall, cpu := p.serial.Wall.Seconds(), p.serial.CPU.Seconds()
		if cpu >= wall/2 {
			return []float64{0} // it computed most of the time, whatever else went on
		}
		share := waitingShare(wall, cpu, p.gauge.lone)
		switch {
		case share > 0:
			waited++
		case cpu >= wall/10:
			computed++
		}
		shares = append(shares, max(share, waits))
	}
	most := max(enoughPairs, len(b.pairs)*3/4)
	switch {
	case len(b.pairs) == 0, computed >= most:
		return []float64{0}
	case waited >= most:
		return []float64{median(shares)}
	}
	return []float64{0, median(shares)}
}

// reading is what to take for the waiting part as if the reference computed (0),
// or waited (1).
func (b *bench) reading(i int) float64 {
	if i == 0 {
		return 0
	}
	r := b.readings()
	return max(r[len(r)-1], waits)
}

// reads says whether a reading is possible.
func (b *bench) reads(i int) bool {
	for _, waiting := range b.readings() {
		if (waiting > 0) == (i > 0) {
			return true
		}
	}
	return false
}

// runs are the observed runs under a reading.
func (b *bench) runs(waiting float64) []observed {
	if waiting > 0 {
		return b.observed[1]
	}
	return b.observed[0]
}

// logical is the median of the observed runs; nil where there is none.
func (b *bench) logical(waiting float64) *Logical {
	runs := b.runs(waiting)
	if len(runs) == 0 {
		return nil
	}
	return middle(runs).logical
}

// agree puts the outcomes of all readings together.
func agree(each []outcome, spent bool) outcome {
	first := each[0]
	for _, o := range each[1:] {
		switch {
		case o.next == pairs || first.next == pairs:
			return outcome{next: pairs}
		case o.next == control:
			return o
		case first.next == control:
			return first
		case o.status == first.status:
		case spent:
			return outcome{status: NotChecked, by: ByNothing, why: "on this machine now it is unclear whether the reference waits for something or for a core"}
		default:
			return outcome{next: pairs}
		}
	}
	return first
}
