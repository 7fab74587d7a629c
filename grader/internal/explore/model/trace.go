package model

// Class is a number that is the same for all runs that differ only in the order
// of steps that do not concern each other: each process makes the same steps, and
// each step comes after the same others.
func (w *World) Class() uint64 {
	var sum uint64
	for i := range w.Events {
		e := &w.Events[i]
		h := mix(uint64(e.Proc)*31+7, uint64(e.N))
		for p, n := range e.Clock {
			h = mix(h, uint64(n)<<8^uint64(p))
		}
		sum += h
	}
	return sum
}

func mix(h, x uint64) uint64 {
	h ^= x + 0x9e3779b97f4a7c15 + h<<6 + h>>2
	h *= 0xff51afd7ed558ccd
	return h ^ h>>32
}
