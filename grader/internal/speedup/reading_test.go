package speedup

import (
	"testing"
	"time"
)

func TestReadings(t *testing.T) {
	pair := func(wall, cpu time.Duration, lone float64) pairing {
		return pairing{serial: Trial{Wall: wall * ms, CPU: cpu * ms}, gauge: gauge{cores: 1, lone: lone, inflation: 1}}
	}
	computes, waits := pair(200, 200, 1), pair(250, 6, 1)
	shared := pair(400, 200, 0.5)          // a core shared with another
	starved := pair(800, 200, 1)           // others came after the probe
	waitsOnBusy := pair(257, 10, 0.1)      // others were there during the probe only
	half, many := pair(600, 200, 0.33), 12 // with two others
	for _, test := range []struct {
		name  string
		pairs []pairing
		want  []bool // does it wait?
	}{
		{"computes", []pairing{computes}, []bool{false}},
		{"waits, one pair", []pairing{waits}, []bool{false, true}},
		{"waits", []pairing{waits, waits, waits}, []bool{true}},
		{"waits, a probe was disturbed", []pairing{waitsOnBusy, waits, waits}, []bool{false, true}},
		{"shares its core", []pairing{shared, shared, shared}, []bool{false}},
		{"shares its core with two, one pair", []pairing{half}, []bool{false, true}},
		{"shares its core with two", []pairing{half, half, half}, []bool{false}},
		{"was starved", []pairing{starved, half, half}, []bool{false, true}},
		{"was starved, and then not", []pairing{starved, half, half, computes}, []bool{false}},
		{"waits, often, with a disturbed probe", append([]pairing{waitsOnBusy}, repeat(waits, many)...), []bool{true}},
	} {
		got := (&bench{pairs: test.pairs}).readings()
		if len(got) != len(test.want) {
			t.Errorf("%s: readings are %v, want %v", test.name, got, test.want)
			continue
		}
		for i, waiting := range got {
			if (waiting > 0) != test.want[i] {
				t.Errorf("%s: readings are %v, want %v", test.name, got, test.want)
			}
		}
	}
}

func repeat(p pairing, n int) []pairing {
	list := make([]pairing, n)
	for i := range list {
		list[i] = p
	}
	return list
}

// What holds only under one reading is not said.
func TestAgree(t *testing.T) {
	pass, fail := outcome{status: Pass, by: ByLogical}, outcome{status: Fail, by: ByLogical}
	more, ask := outcome{next: pairs}, outcome{next: control}
	for _, test := range []struct {
		each  []outcome
		spent bool
		want  outcome
	}{
		{[]outcome{pass}, false, pass},
		{[]outcome{fail, fail}, false, fail},
		{[]outcome{fail, pass}, false, more},
		{[]outcome{pass, more}, false, more},
		{[]outcome{pass, ask}, false, ask},
		{[]outcome{ask, fail}, false, ask},
	} {
		if got := agree(test.each, test.spent); got.status != test.want.status || got.next != test.want.next {
			t.Errorf("%+v give %+v, want %+v", test.each, got, test.want)
		}
	}
	if got := agree([]outcome{fail, pass}, true); got.status != NotChecked || got.next != nothing {
		t.Errorf("a disagreement to the end gives %+v", got)
	}
}
