package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

// proof is what was found of one exercise.
type proof struct {
	exercise *exercise.Exercise
	missed   map[string]bool // mutants that were not caught, in one trial at least
	runs     int             // of the solution
	failures int             // of these, those with a check that failed
	others   []string        // other right solutions
	refused  map[string]bool // those that a check failed, in one trial at least
	starter  bool            // failed as declared, each time
	faults   []string
	unproven map[string][]string // by check: the programs of which this machine could not tell
	verdicts map[subject]map[judge.Status][]uint64
	tier     string // how strongly the programs were confined
}

// subject is what repeated trials must agree on: what a check says of a program. Its
// verdicts are kept with the seeds of their trials.
type subject struct{ program, check string }

func newProof(e *exercise.Exercise) *proof {
	return &proof{
		exercise: e, starter: true, missed: map[string]bool{}, refused: map[string]bool{},
		unproven: map[string][]string{}, verdicts: map[subject]map[judge.Status][]uint64{},
	}
}

func (p *proof) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// note keeps a trial's verdicts, once it was judged. What was not checked or not tried
// says nothing about luck: the machine was to blame, or another check was.
func (p *proof) note(program string, seed uint64, r judge.Result) {
	for _, v := range r.Checks {
		if v.Status == judge.NotChecked || v.Status == judge.Skipped {
			continue
		}
		s := subject{program, v.Check}
		if p.verdicts[s] == nil {
			p.verdicts[s] = map[judge.Status][]uint64{}
		}
		p.verdicts[s][v.Status] = append(p.verdicts[s][v.Status], seed)
	}
}

// known reports whether a trial before gave a program the same verdict, which was told
// then.
func (p *proof) known(program string, v judge.Verdict) bool {
	return len(p.verdicts[subject{program, v.Check}][v.Status]) > 0
}

// steady wants all trials of a program to agree: points must not depend on luck.
func (p *proof) steady() {
	var varying []string
	for s, seen := range p.verdicts {
		if len(seen) < 2 {
			continue
		}
		var parts []string
		for _, status := range slices.Sorted(maps.Keys(seen)) {
			seeds := strings.Trim(fmt.Sprint(seen[status]), "[]")
			parts = append(parts, fmt.Sprintf("%s with seed %s", status, strings.ReplaceAll(seeds, " ", ", ")))
		}
		varying = append(varying, fmt.Sprintf("%s: check %q varies: %s", s.program, s.check, strings.Join(parts, "; ")))
	}
	slices.Sort(varying)
	p.faults = append(p.faults, varying...)
}

// caught is how many mutants were, in every trial.
func (p *proof) caught() int { return len(p.exercise.Mutants) - len(p.missed) }

// accepted is how many other solutions were, in every trial.
func (p *proof) accepted() int { return len(p.others) - len(p.refused) }

// open notes that a trial could not settle a check here.
func (p *proof) open(check, trial string) {
	if !slices.Contains(p.unproven[check], trial) {
		p.unproven[check] = append(p.unproven[check], trial)
	}
}

// lines tells an exercise's proof: one line, then what falls short.
func (p *proof) lines() []string {
	mark := "ok  "
	switch {
	case len(p.faults) > 0:
		mark = "FAIL"
	case len(p.unproven) > 0:
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
	out := []string{fmt.Sprintf("%s %-24s %s, %s, %d of %d mutants caught%s", mark, p.exercise.ID, starter, solution, p.caught(), len(p.exercise.Mutants), othersTold(p.accepted(), len(p.others)))}
	for _, f := range p.faults {
		out = append(out, "     "+strings.ReplaceAll(f, "\n", "\n     "))
	}
	for _, check := range slices.Sorted(maps.Keys(p.unproven)) {
		trials := p.unproven[check]
		slices.Sort(trials)
		out = append(out, fmt.Sprintf("     not proven here (tier %s): %q could not be checked on %s", p.tier, check, strings.Join(trials, ", ")))
	}
	return out
}

// judgeSolution wants every check to pass.
func judgeSolution(p *proof, r judge.Result) {
	p.runs++
	if !p.right("the solution", r) {
		p.failures++
	}
}

// judgeOther wants the same of another right solution.
func judgeOther(p *proof, name string, r judge.Result) {
	if !p.right("also/"+name, r) {
		p.refused[name] = true
	}
}

// right reports whether no check failed a program that is right.
func (p *proof) right(title string, r judge.Result) bool {
	ok := true
	for _, v := range r.Checks {
		switch v.Status {
		case judge.Pass:
		case judge.NotChecked:
			p.open(v.Check, title)
		default:
			if ok = false; !p.known(title, v) {
				p.fault("%s: %s", title, told(v))
			}
		}
	}
	return ok
}

// judgeStarter wants exactly the declared checks to fail. Those that need one of
// them are skipped, or fail too where this machine can't tell that they should be.
func judgeStarter(p *proof, r judge.Result) {
	declared := p.exercise.Starter.Fails
	fault := func(v judge.Verdict, format string, args ...any) {
		if p.starter = false; !p.known("the starter", v) {
			p.fault(format, args...)
		}
	}
	doubtful := map[string]bool{}
	for _, v := range r.Checks {
		expected := slices.Contains(declared, v.Check)
		if c, ok := p.exercise.Check(v.Check); ok {
			doubtful[v.Check] = expected && v.Status == judge.NotChecked || slices.ContainsFunc(c.Needs, func(n string) bool { return doubtful[n] })
		}
		switch {
		case v.Status == judge.NotChecked:
			p.open(v.Check, "the starter")
		case v.Status == judge.Error, v.Status == judge.Fail && !expected && !doubtful[v.Check]:
			fault(v, "the starter: %s, which starter.fails does not name", told(v))
		case v.Status != judge.Fail && expected:
			fault(v, "the starter does not fail %q, which starter.fails names (%s)", v.Check, v.Status)
		}
	}
}

// judgeMutant wants every check that is named to fail. Where this machine can't
// tell about one of them, another must have caught the mutant.
func judgeMutant(p *proof, name string, r judge.Result) {
	failed, wrong := 0, false
	fault := func(v judge.Verdict, format string, args ...any) {
		if wrong = true; !p.known("mutant "+name, v) {
			p.fault(format, args...)
		}
	}
	for _, want := range p.exercise.Mutants[name] {
		found := judge.Verdict{Check: want, Status: judge.Pass} // what a result does not list did not fail: the build
		for _, v := range r.Checks {
			if v.Check == want {
				found = v
			}
		}
		switch found.Status {
		case judge.Fail:
			failed++
		case judge.NotChecked:
			p.open(want, name)
		default:
			fault(found, "mutant %s is not caught by %q (%s)", name, want, found.Status)
		}
	}
	built := slices.Contains(p.exercise.Mutants[name], exercise.Builds)
	for _, v := range r.Checks {
		if v.Check == exercise.Builds && !built || v.Status == judge.Error {
			fault(v, "mutant %s: %s", name, told(v))
		}
	}
	if wrong || failed == 0 {
		p.missed[name] = true
	}
}

// told is a verdict with its evidence, for an instructor.
func told(v judge.Verdict) string {
	text := fmt.Sprintf("check %q: %s: %s", v.Check, v.Status, v.Message)
	for _, e := range v.Evidence {
		text += fmt.Sprintf("\n  %s: %s", e.Kind, strings.Join(e.Lines, "\n    "))
	}
	return text
}

// total is what a whole course's proof comes to.
type total struct{ exercises, mutants, caught, others, accepted, runs, failures, faulty, partly int }

func (t *total) add(p *proof) {
	t.exercises++
	t.mutants += len(p.exercise.Mutants)
	t.caught += p.caught()
	t.others += len(p.others)
	t.accepted += p.accepted()
	t.runs += p.runs
	t.failures += p.failures
	if len(p.faults) > 0 {
		t.faulty++
	}
	if len(p.unproven) > 0 {
		t.partly++
	}
}

func (t total) String() string {
	exercises := "exercises"
	if t.exercises == 1 {
		exercises = "exercise"
	}
	text := fmt.Sprintf("%d %s, %d of %d mutants caught%s; solutions failed %d of %d runs (flake rate %.1f%%)",
		t.exercises, exercises, t.caught, t.mutants, othersTold(t.accepted, t.others), t.failures, t.runs, 100*float64(t.failures)/float64(max(1, t.runs)))
	if t.partly > 0 {
		text += fmt.Sprintf("; %d proven in part", t.partly)
	}
	return text
}

// othersTold goes on with a sentence, where there are other solutions.
func othersTold(accepted, all int) string {
	if all == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of %d other solutions accepted", accepted, all)
}
