package speedup

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
	g.cores = min(max(1, together/alone), float64(max(1, many.Threads)))
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

// waits is the share of a serial run's time from which on it counts as waiting.
// On a machine whose load changes between a run and its probe, half of the time
// may seem to be spent so by a program that only computes.
const waits = 0.7

// waitingShare estimates which part of a serial run was spent waiting, from its
// processor time and the part of a core that it could get; 0 below the bound.
func waitingShare(wall, cpu, lone float64) float64 {
	if wall <= 0 {
		return 0
	}
	waiting := 1 - cpu/lone/wall
	if waiting < waits {
		return 0
	}
	return min(waiting, 1)
}
