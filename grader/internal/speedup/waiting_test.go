package speedup

import (
	"slices"
	"testing"
	"time"
)

func TestWhatTheReferenceDoes(t *testing.T) {
	pair := func(wall, cpu time.Duration, lone float64) pairing {
		return pairing{serial: Trial{Wall: wall * ms, CPU: cpu * ms}, gauge: gauge{cores: 1, lone: lone, inflation: 1}}
	}
	computes, waits := pair(200, 200, 1), pair(250, 6, 1)
	shared := pair(400, 200, 0.5)     // a core shared with another
	starved := pair(800, 200, 1)      // others came after the probe
	waitsOnBusy := pair(257, 10, 0.1) // others were there during the probe only
	lost, crowded := pair(260, 6, 0.03), pair(2600, 200, 0.08)
	half := pair(600, 200, 0.33) // with two others
	for _, test := range []struct {
		name  string
		pairs []pairing
		want  string
	}{
		{"computes", []pairing{computes}, "computes"},
		{"waits, one pair", []pairing{waits}, "unclear"},
		{"waits", []pairing{waits, waits, waits}, "waits"},
		{"waits, a probe was disturbed", []pairing{waitsOnBusy, waits, waits}, "waits"},
		{"shares its core", []pairing{shared, shared, shared}, "computes"},
		{"shares its core with two, one pair", []pairing{half}, "unclear"},
		{"shares its core with two", []pairing{half, half, half}, "computes"},
		{"was starved once", []pairing{starved, half, half}, "computes"},
		{"computes, where nobody gets a core", []pairing{crowded, crowded, crowded}, "computes"},
		{"waits, where nobody gets a core", []pairing{lost, lost, lost}, "unclear"},
		{"looks like both", []pairing{waitsOnBusy, waitsOnBusy, half}, "unclear"},
		{"was starved, and then not", []pairing{starved, half, half, computes}, "computes"},
		{"waits, often, with a disturbed probe", append([]pairing{waitsOnBusy}, slices.Repeat([]pairing{waits}, 12)...), "waits"},
	} {
		got := "unclear"
		if share, known := waitingShare(test.pairs); known && share > 0 {
			got = "waits"
		} else if known {
			got = "computes"
		}
		if got != test.want {
			t.Errorf("%s: it %s, want %s", test.name, got, test.want)
		}
	}
}
