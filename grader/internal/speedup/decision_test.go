package speedup

import "testing"

func TestDecide(t *testing.T) {
	const workers = 4
	logical := func(says Status, predicted float64) *Logical {
		return &Logical{Says: says, Predicted: predicted, Why: "near"}
	}
	times := func(n int, agrees, says Status, ratio, limit float64) measurement {
		return measurement{Measured: &Measured{Pairs: n, Says: says, Ratio: ratio, Efficiency: ratio / limit, Why: "vary"}, agrees: agrees, limit: limit, wanted: 0.7}
	}
	mute := func(n int) measurement {
		return measurement{Measured: &Measured{Pairs: n, Says: NotChecked, Ratio: 1, Why: "one core"}, agrees: NotChecked, limit: 1, mute: true}
	}
	const none = NotChecked
	for _, test := range []struct {
		name    string
		m       measurement
		l       *Logical
		control controlled
		spent   bool
		status  Status
		by      Evidence
		next    need
	}{
		{"both pass", times(3, Pass, none, 1.9, 2), logical(Pass, 2), unknown, false, Pass, ByBoth, nothing},
		{"both fail", times(3, Fail, none, 1, 2), logical(Fail, 1), unknown, false, Fail, ByBoth, nothing},
		{"too early", times(1, none, none, 1.9, 2), logical(Pass, 2), unknown, false, "", "", pairs},
		{"one core, good", mute(1), logical(Pass, 1), unknown, false, Pass, ByLogical, nothing},
		{"one core, bad", mute(1), logical(Fail, 1), unknown, false, Fail, ByLogical, nothing},
		{"one core, near", mute(1), logical(none, 1), unknown, false, "", "", pairs},
		{"one core, near, often", mute(6), logical(none, 1), unknown, false, none, ByNothing, nothing},
		{"one core, no events", mute(1), nil, unknown, true, none, ByNothing, nothing},
		{"noisy, good, early", times(5, none, none, 1.5, 2), logical(Pass, 2), unknown, false, "", "", pairs},
		{"noisy, good, most pairs too", times(6, none, none, 1.5, 2), logical(Pass, 2), unknown, false, Pass, ByLogical, nothing},
		{"noisy, good, most pairs not", times(6, none, none, 1.3, 2), logical(Pass, 2), unknown, false, "", "", pairs},
		{"noisy, bad, most pairs too", times(6, none, none, 1.3, 2), logical(Fail, 1), unknown, false, Fail, ByLogical, nothing},
		{"noisy, bad, most pairs not", times(6, none, none, 1.5, 2), logical(Fail, 1), unknown, false, "", "", pairs},
		{"noisy, bad on more cores, most pairs as foreseen", times(6, none, none, 1.5, 2), logical(Fail, 1.5), unknown, false, Fail, ByLogical, nothing},
		{"noisy, bad, most pairs not, whole machine", times(6, none, none, 3, 4), logical(Fail, 3), unknown, false, "", "", pairs},
		{"noisy, events too near", times(6, none, none, 1.5, 2), logical(none, 2), unknown, false, "", "", pairs},
		{"noisy, good", times(24, none, none, 1.3, 2), logical(Pass, 2), unknown, true, Pass, ByLogical, nothing},
		{"noisy, bad", times(24, none, none, 1.3, 2), logical(Fail, 1), unknown, true, Fail, ByLogical, nothing},
		{"noisy, no events", times(24, none, none, 1.3, 2), nil, unknown, true, none, ByNothing, nothing},
		{"no events, three good", times(3, Pass, none, 1.9, 2), nil, unknown, false, "", "", pairs},
		{"no events, good", times(6, Pass, Pass, 1.9, 2), nil, unknown, false, Pass, ByMeasured, nothing},
		{"no events, bad: ask the reference", times(6, Fail, Fail, 1, 2), nil, unknown, false, "", "", control},
		{"no events, bad, reference good", times(6, Fail, Fail, 1, 2), nil, fast, false, Fail, ByMeasured, nothing},
		{"no events, bad, reference bad too", times(6, Fail, Fail, 1, 2), nil, slow, false, "", "", pairs},
		{"no events, bad, reference bad to the end", times(6, Fail, Fail, 1, 2), nil, slow, true, none, ByNothing, nothing},
		{"times pass, events too near", times(6, Pass, Pass, 1.9, 2), logical(none, 2), unknown, false, Pass, ByMeasured, nothing},
		{"good on few cores only", times(3, Pass, none, 1.9, 2), logical(Fail, 1.95), unknown, false, Fail, ByLogical, nothing},
		{"better than predicted, early", times(3, Pass, none, 1.9, 2), logical(Fail, 1.2), unknown, false, "", "", pairs},
		{"better than predicted", times(6, Pass, Pass, 1.9, 2), logical(Fail, 1.2), unknown, false, Pass, ByMeasured, nothing},
		{"good on a whole machine", times(6, Pass, Pass, 3.8, 4), logical(Fail, 3.8), unknown, false, Pass, ByMeasured, nothing},
		{"events praise, times don't: ask", times(6, Fail, Fail, 1, 2), logical(Pass, 2), unknown, false, "", "", control},
		{"… reference good", times(6, Fail, Fail, 1, 2), logical(Pass, 2), fast, false, Fail, ByMeasured, nothing},
		{"… reference bad", times(6, Fail, Fail, 1, 2), logical(Pass, 2), slow, false, Pass, ByLogical, nothing},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := decide(test.m, test.l, test.control, workers, test.spent)
			if o.status != test.status || o.by != test.by || o.next != test.next {
				t.Errorf("%+v, want %s by %s, next %d", o, test.status, test.by, test.next)
			}
		})
	}
}
