package speedup

import (
	"slices"
	"testing"
	"time"

	"lockstep/mp/trace"
)

// The rule, case by case: what four workers' events show, what the pairs of runs on so
// many cores show, and what follows.
func TestDecide(t *testing.T) {
	good, serial := fan(0, slicesOf(4, 100*ms)...), oneByOne(4, 100*ms)
	few := fan(0, 200*ms, 67*ms, 67*ms, 66*ms)  // as good as any on two cores
	near := fan(0, 143*ms, 86*ms, 86*ms, 85*ms) // 0.7 of four cores
	times := func(cores float64, parallel ...time.Duration) (list []pairing) {
		for _, d := range parallel {
			list = append(list, pairsOf(1, cores, 400*ms, d*ms, 400*ms, 400*ms)...)
		}
		return list
	}
	fast, slow := slicesOf(6, 210), slicesOf(6, 400)
	mixed := []time.Duration{400, 210, 400, 400, 210}
	all := slicesOf(mostPairs, 400)
	beaten := func(pairs []pairing) []pairing { return besideReference(pairs, 210*ms) } // by the reference's parallel form
	for _, test := range []struct {
		name   string
		events []trace.Event // nil: there are none
		pairs  []pairing
		status Status
		by     Evidence
		next   need
	}{
		{"nothing is known", good, nil, "", "", aPair},
		{"both pass", good, times(2, fast[:3]...), Pass, ByBoth, nothing},
		{"both fail", serial, times(2, slow[:3]...), Fail, ByBoth, nothing},
		{"too early", good, times(2, fast[:1]...), "", "", aPair},
		{"one core, good", good, times(1, slow[:1]...), Pass, ByLogical, nothing},
		{"one core, bad", serial, times(1, slow[:1]...), Fail, ByLogical, nothing},
		{"one core, good, everything twice as slow at that moment", fan(0, slicesOf(4, 200*ms)...), times(1, slow[:1]...), Pass, ByLogical, nothing},
		{"one core, twice the work", fan(0, slicesOf(4, 200*ms)...), pairsOf(1, 1, 400*ms, 800*ms, 400*ms, 800*ms), Fail, ByLogical, nothing},
		{"one core, near", near, times(1, slow...), "", "", aPair},
		{"one core, near to the end", near, times(1, all...), NotChecked, ByNothing, nothing},
		{"one core, no events, to the end", nil, times(1, all...), NotChecked, ByNothing, nothing},
		{"noisy, good, half of the pairs too", good, times(2, 400, 210, 210, 400), Pass, ByLogical, nothing},
		{"noisy, good, most pairs not", good, times(2, mixed...), "", "", aPair},
		{"noisy, good, the last pairs not", good, times(2, 210, 400, 400), "", "", sideBySide},
		{"noisy, good, most pairs not, to the end", good, times(2, all...), Pass, ByLogical, nothing},
		{"noisy, bad, most pairs too", serial, times(2, mixed...), Fail, ByBoth, nothing},
		{"noisy, bad, most pairs not", serial, times(2, fast[:4]...), "", "", aPair},
		{"no events, too few good pairs", nil, times(2, fast[:5]...), "", "", aPair},
		{"no events, good", nil, times(2, fast...), Pass, ByMeasured, nothing},
		{"no events, good at last", nil, times(2, append(slices.Clone(slow), fast...)...), Pass, ByMeasured, nothing},
		{"no events, bad: ask the reference", nil, times(2, slow...), "", "", sideBySide},
		{"no events, bad, the reference good", nil, beaten(times(2, slow...)), Fail, ByMeasured, nothing},
		{"no events, bad, the reference too, to the end", nil, besideReference(times(2, all...), 390*ms), NotChecked, ByNothing, nothing},
		{"near, times good", near, times(2, fast...), Pass, ByMeasured, nothing},
		{"good on few cores only", few, times(2, slicesOf(3, 270)...), Fail, ByLogical, nothing},
		{"better than predicted, early", serial, times(2, fast[:5]...), "", "", aPair},
		{"better than predicted", serial, times(2, fast...), Pass, ByMeasured, nothing},
		{"better than predicted, on all cores", few, times(4, slicesOf(6, 110)...), Pass, ByMeasured, nothing},
		{"events praise, times don't: ask", good, times(2, slow[:3]...), "", "", sideBySide},
		{"… the reference good", good, beaten(times(2, slow...)), Fail, ByMeasured, nothing},
		{"… the reference bad, to the end", good, besideReference(times(2, all...), 390*ms), Pass, ByLogical, nothing},
		{"work left out", good, pairsOf(3, 2, 400*ms, 110*ms, 400*ms, 200*ms), Fail, ByHonesty, nothing},
		{"work left out, and starting costs as much", fan(0, slicesOf(4, 40*ms)...), pairsOf(3, 2, 400*ms, 110*ms, 400*ms, 300*ms), Fail, ByHonesty, nothing},
		{"… too early to say", fan(0, slicesOf(4, 40*ms)...), pairsOf(2, 2, 400*ms, 110*ms, 400*ms, 300*ms), "", "", aPair},
		{"no work left out by its events", good, pairsOf(3, 2, 400*ms, 220*ms, 400*ms, 300*ms), Pass, ByBoth, nothing},
		{"… by its times", fan(0, slicesOf(4, 50*ms)...), pairsOf(3, 2, 400*ms, 220*ms, 400*ms, 400*ms), Pass, ByBoth, nothing},
		{"work left out, perhaps", good, pairsOf(1, 1, 400*ms, 210*ms, 400*ms, 200*ms), "", "", aPair},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bench{Request: Request{Workers: 4, AtLeast: 0.7, Budget: time.Hour, Now: func() time.Time { return time.Time{} }}, pairs: test.pairs, silent: "none", standards: confirming}
			if test.events != nil {
				b.observed = [][]trace.Event{test.events, test.events}
			}
			if test.status == Fail && test.by != ByHonesty && test.events != nil && test.by != ByMeasured {
				b.standards = 0
				if next, _ := b.decide(); next != aStandard {
					t.Errorf("it fails without a look at the reference: next %d", next)
				}
				b.standards = confirming
			}
			next, v := b.decide()
			if v.status != test.status || v.by != test.by || next != test.next {
				t.Errorf("%s by %s (%s), next %d; want %s by %s, next %d", v.status, v.by, v.why, next, test.status, test.by, test.next)
			}
		})
	}
}

// Where the reference waits for the outside, a program may compute in one process.
func TestWaitersAreNotAlone(t *testing.T) {
	for wall, want := range map[time.Duration]Evidence{400 * ms: ByLives, 4000 * ms: ""} {
		b := &bench{Request: Request{Workers: 4, AtLeast: 0.7, Budget: time.Hour, Now: func() time.Time { return time.Time{} }}, silent: "none"}
		b.pairs = pairsOf(3, 2, wall, wall, 400*ms, 400*ms)
		for i := range b.pairs {
			b.pairs[i].parallel.AtOnce = 1
		}
		if _, v := b.decide(); v.by != want {
			t.Errorf("%v: by %q, want %q", wall, v.by, want)
		}
	}
}

// An observed run that fails a program is confirmed by another, and one that is near
// what is wanted by two; one that passes it is not.
func TestLooks(t *testing.T) {
	good, serial, near := fan(0, slicesOf(4, 100*ms)...), oneByOne(4, 100*ms), fan(0, 143*ms, 86*ms, 86*ms, 85*ms)
	for _, test := range []struct {
		name  string
		shown [][]trace.Event
		looks bool
	}{
		{"none", nil, true},
		{"good", [][]trace.Event{good}, false},
		{"bad", [][]trace.Event{serial}, true},
		{"bad twice", [][]trace.Event{serial, serial}, false},
		{"bad and good", [][]trace.Event{serial, good}, false},
		{"near", [][]trace.Event{near}, true},
		{"near twice", [][]trace.Event{near, serial}, true},
		{"near to the end", [][]trace.Event{near, near, near}, false},
	} {
		b := &bench{Request: Request{Workers: 4, AtLeast: 0.7, Budget: time.Hour, Now: func() time.Time { return time.Time{} }}, observed: test.shown}
		b.pairs = pairsOf(1, 1, 400*ms, 400*ms, 400*ms, 400*ms)
		if next, v := b.decide(); (next == aLook) != test.looks {
			t.Errorf("%s: next %d, %+v", test.name, next, v)
		}
	}
}
