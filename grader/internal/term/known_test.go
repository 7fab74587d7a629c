package term

import (
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
)

// Every word that a verdict may name a mistake or a state by is explained.
func TestVerdictsWordsAreExplained(t *testing.T) {
	terms := all(t)
	for _, p := range []detect.Pattern{
		detect.LostUpdate, detect.OrderViolation, detect.CheckThenAct, detect.Deadlock, detect.JoinFirst,
		detect.SelfDeadlock, detect.NobodySends, detect.EndLeftOpen, detect.MissingJoin,
		detect.Livelock, detect.Starvation, detect.Hang, detect.Crash, detect.Wrong, detect.DataRace,
		detect.TornLine, detect.SameEnd, detect.Killed,
	} {
		if _, ok, _ := Find(terms, string(p)); !ok {
			t.Errorf("%q is not explained", p)
		}
	}
	for _, f := range []box.State{box.Joined, box.Zombie, box.Orphan, box.Unwaited, box.CutOff} {
		if _, ok, _ := Find(terms, string(f)); !ok {
			t.Errorf("%q is not explained", f)
		}
	}
	for _, word := range []string{"pass", "fail", "skipped", "not checked", "error", "builds", "refused", "unchanged"} {
		if _, ok, _ := Find(terms, word); !ok {
			t.Errorf("%q is not explained", word)
		}
	}
}
