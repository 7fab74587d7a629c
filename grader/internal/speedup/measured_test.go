package speedup

import (
	"testing"
	"time"
)

func TestGauge(t *testing.T) {
	probe := func(threads int, work uint64, cpu time.Duration) Probe {
		return Probe{Threads: threads, Work: work, CPU: cpu, Wall: 50 * ms}
	}
	for _, test := range []struct {
		name      string
		one, many Probe
		want      gauge
	}{
		{"two idle cores", probe(1, 1000, 50*ms), probe(4, 2000, 100*ms), gauge{cores: 2, lone: 1, inflation: 1}},
		{"one core", probe(1, 1000, 50*ms), probe(4, 1000, 50*ms), gauge{cores: 1, lone: 1, inflation: 1}},
		{"two busy cores", probe(1, 500, 25*ms), probe(4, 1333, 66*ms), gauge{cores: 2.666, lone: 0.5, inflation: 1}},
		{"two halves of one core", probe(1, 1000, 50*ms), probe(2, 1250, 100*ms), gauge{cores: 1.25, lone: 1, inflation: 1.6}},
		{"noise", probe(1, 1000, 50*ms), probe(4, 900, 50*ms), gauge{cores: 1, lone: 1, inflation: 1.111}},
		{"nothing", Probe{}, Probe{}, gauge{cores: 1, lone: 1, inflation: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := read(test.one, test.many)
			near(t, "cores", g.cores, test.want.cores)
			near(t, "lone", g.lone, test.want.lone)
			near(t, "inflation", g.inflation, test.want.inflation)
		})
	}
}

func TestAllowed(t *testing.T) {
	for _, test := range []struct {
		workers              int
		cores, waiting, want float64
	}{
		{4, 2, 0, 2}, {2, 4, 0, 2}, {4, 1, 0, 1},
		{3, 1, 1, 3},                     // all waiting: no core is needed
		{3, 1, 0.9, 1 / (0.1/1 + 0.9/3)}, // a little computing
		{4, 2, 0.5, 1 / (0.5/2 + 0.5/4)}, // half and half
	} {
		near(t, "allowed", allowed(test.workers, test.cores, test.waiting), test.want)
	}
}

// pairsOf makes pairs on an idle machine of so many cores.
func pairsOf(n int, cores float64, serial, parallel, serialCPU, parallelCPU time.Duration) []pairing {
	list := make([]pairing, n)
	for i := range list {
		list[i] = pairing{
			serial: Trial{Wall: serial, CPU: serialCPU}, parallel: Trial{Wall: parallel, CPU: parallelCPU},
			gauge: gauge{cores: cores, lone: 1, inflation: 1},
		}
	}
	return list
}

func TestMeasure(t *testing.T) {
	q := question{workers: 4, atLeast: 0.7}
	for _, test := range []struct {
		name       string
		pairs      []pairing
		efficiency float64
		clear      Status
		mute       int
	}{
		{"three good", pairsOf(3, 2, 400*ms, 210*ms, 400*ms, 400*ms), 0.95, NotChecked, 0},
		{"six good", pairsOf(6, 2, 400*ms, 210*ms, 400*ms, 400*ms), 0.95, Pass, 0},
		{"six serial", pairsOf(6, 2, 400*ms, 410*ms, 400*ms, 400*ms), 0.49, NotChecked, 0},
		{"six serial, side by side", besideReference(pairsOf(6, 2, 400*ms, 410*ms, 400*ms, 400*ms), 205*ms), 0.49, Fail, 0},
		{"six serial as the reference is", besideReference(pairsOf(6, 2, 400*ms, 410*ms, 400*ms, 400*ms), 380*ms), 0.49, NotChecked, 0},
		{"one core", pairsOf(6, 1, 400*ms, 410*ms, 400*ms, 400*ms), 0.98, NotChecked, 6},
		{"half the work left out", besideReference(pairsOf(6, 2, 400*ms, 200*ms, 400*ms, 200*ms), 210*ms), 0.59, NotChecked, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			near(t, "efficiency", measure(test.pairs, q).Efficiency, test.efficiency)
			if got := tallied(test.pairs, q, nil); got.clear != test.clear || got.mute != test.mute {
				t.Errorf("%+v, want %s clear, %d mute", got, test.clear, test.mute)
			}
		})
	}
}

// besideReference adds the reference's parallel form.
func besideReference(pairs []pairing, wall time.Duration) []pairing {
	for i := range pairs {
		pairs[i].control.Wall = wall
	}
	return pairs
}

func TestSkippedWork(t *testing.T) {
	for _, test := range []struct {
		name  string
		pairs []pairing
		want  bool
	}{
		{"the same work", pairsOf(3, 2, 400*ms, 200*ms, 400*ms, 405*ms), false},
		{"a little less", pairsOf(3, 2, 400*ms, 200*ms, 400*ms, 300*ms), false},
		{"half", pairsOf(3, 2, 400*ms, 100*ms, 400*ms, 200*ms), true},
		{"waits, hardly computes", pairsOf(3, 2, 400*ms, 100*ms, 10*ms, 4*ms), false},
	} {
		if got := compare(test.pairs).skipped(); got != test.want {
			t.Errorf("%s: skipped is %v", test.name, got)
		}
	}
	// Two halves of one core: each second of processor time does less.
	slow := pairsOf(3, 1.25, 400*ms, 160*ms, 400*ms, 320*ms)
	for i := range slow {
		slow[i].gauge.inflation = 1.6
	}
	if c := compare(slow); !c.skipped() {
		t.Errorf("half the work on slow cores is not noticed: %+v", c)
	}
}
