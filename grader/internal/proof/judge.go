package proof

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

// judgeSolution wants every check to pass.
func judgeSolution(p *Proof, r judge.Result) {
	p.runs++
	if !p.right("the solution", r) {
		p.failures++
	}
}

// judgeOther wants the same of another right solution, which need not get a bonus.
func judgeOther(p *Proof, name string, r judge.Result) {
	r.Checks = slices.DeleteFunc(slices.Clone(r.Checks), func(v judge.Verdict) bool { return v.Bonus > 0 && v.Status != judge.Error })
	if !p.right(exercise.OthersFolder+"/"+name, r) {
		p.refused[name] = true
	}
}

// right reports whether no check failed a program that is right.
func (p *Proof) right(title string, r judge.Result) bool {
	ok := true
	failed := slices.ContainsFunc(r.Checks, func(v judge.Verdict) bool { return v.Status == judge.Fail || v.Status == judge.Error })
	for _, v := range r.Checks {
		switch {
		case v.Status == judge.Pass:
		case v.Status == judge.NotChecked:
			p.open(v, title)
		case v.Status == judge.Skipped && failed: // by what is told already
			ok = false
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
func judgeStarter(p *Proof, r judge.Result) {
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
			p.open(v, "the starter")
		case v.Status == judge.Error, v.Status == judge.Fail && !expected && !doubtful[v.Check]:
			fault(v, "the starter: %s, which starter.fails does not name", told(v))
		case v.Status != judge.Fail && expected:
			fault(v, "the starter does not fail %q, which starter.fails names (%s)", v.Check, v.Status)
		}
	}
}

// judgeMutant wants every check that is named to fail. Where this machine can't
// tell about one of them, another must have caught the mutant.
func judgeMutant(p *Proof, name string, r judge.Result) {
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
			p.open(found, name)
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
	for _, e := range report.Evidence(v) {
		text += fmt.Sprintf("\n  %s: %s", e.Kind, strings.Join(e.Lines, "\n    "))
	}
	return text
}
