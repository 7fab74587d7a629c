package model

// Clock is a vector clock: for each process, how many of its steps are known to
// have happened. Missing entries are zero.
type Clock []int32

// At is the entry of a process.
func (c Clock) At(p ID) int32 {
	if int(p) < len(c) {
		return c[p]
	}
	return 0
}

// Set changes the entry of a process.
func (c *Clock) Set(p ID, n int32) {
	for int(p) >= len(*c) {
		*c = append(*c, 0)
	}
	(*c)[p] = n
}

// Join takes the later of each entry.
func (c *Clock) Join(d Clock) {
	for len(*c) < len(d) {
		*c = append(*c, 0)
	}
	for i, n := range d {
		if n > (*c)[i] {
			(*c)[i] = n
		}
	}
}

// Copy returns a clock of its own.
func (c Clock) Copy() Clock { return append(Clock(nil), c...) }
