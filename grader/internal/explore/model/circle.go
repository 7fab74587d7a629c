package model

// Circle finds processes of which each waits for the next and the last for the
// first; nil when there are none.
func Circle(waits []Waiting) []Waiting {
	by := map[ID]*Waiting{}
	for i := range waits {
		by[waits[i].Proc] = &waits[i]
	}
	for i := range waits {
		var path []Waiting
		seen := map[ID]int{}
		for x := &waits[i]; x != nil && len(x.On) > 0; {
			if at, again := seen[x.Proc]; again {
				return path[at:]
			}
			seen[x.Proc] = len(path)
			path = append(path, *x)
			next := x.On[0]
			for _, p := range x.On {
				if _, again := seen[p]; again {
					next = p // the shortest way round
				}
			}
			x = by[next]
		}
	}
	return nil
}
