package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Lines tells an exercise's proof: one line, then what falls short.
func (p *Proof) Lines() []string {
	mark := "ok  "
	switch {
	case len(p.Faults) > 0:
		mark = "FAIL"
	case len(p.Unproven) > 0:
		mark = "part"
	}
	starter := "starter fails as declared"
	if !p.starter {
		starter = "starter does not fail as declared"
	}
	solution := "solution passes"
	if p.failures > 0 {
		solution = fmt.Sprintf("solution fails %d of %d", p.failures, p.runs)
	} else if p.runs > 1 {
		solution = fmt.Sprintf("solution passes %d of %d", p.runs, p.runs)
	}
	out := []string{fmt.Sprintf("%s %-24s %s, %s, %d of %d mutants caught", mark, p.exercise.ID, starter, solution, p.caught(), len(p.exercise.Mutants))}
	for _, f := range p.Faults {
		out = append(out, "     "+strings.ReplaceAll(f, "\n", "\n     "))
	}
	for _, check := range slices.Sorted(maps.Keys(p.Unproven)) {
		trials := p.Unproven[check]
		slices.Sort(trials)
		out = append(out, fmt.Sprintf("     not proven here (tier %s): %q could not be checked on %s", p.tier, check, strings.Join(trials, ", ")))
	}
	return out
}

// Total is what a whole course's proof comes to.
type Total struct{ exercises, mutants, caught, runs, failures, faulty, partly int }

// Sum adds proofs up.
func Sum(proofs []*Proof) (t Total) {
	for _, p := range proofs {
		t.exercises++
		t.mutants += len(p.exercise.Mutants)
		t.caught += p.caught()
		t.runs += p.runs
		t.failures += p.failures
		if len(p.Faults) > 0 {
			t.faulty++
		}
		if len(p.Unproven) > 0 {
			t.partly++
		}
	}
	return t
}

// Holds reports whether everything is proven; partial takes what this machine can't
// check.
func (t Total) Holds(partial bool) bool { return t.faulty == 0 && (t.partly == 0 || partial) }

func (t Total) String() string {
	exercises := "exercises"
	if t.exercises == 1 {
		exercises = "exercise"
	}
	text := fmt.Sprintf("%d %s, %d of %d mutants caught; solutions failed %d of %d runs (flake rate %.1f%%)",
		t.exercises, exercises, t.caught, t.mutants, t.failures, t.runs, 100*float64(t.failures)/float64(max(1, t.runs)))
	if t.partly > 0 {
		text += fmt.Sprintf("; %d proven in part", t.partly)
	}
	return text
}
