// Package proof shows that a course marks what it says it marks. In go exercises; out
// comes a Proof of each: whether its starter fails as declared, its solution and other
// right ones pass, and every mutant is caught. They take the same pipeline that marks students.
package proof

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// Options are how a course is proven.
type Options struct {
	Seed   uint64    // of the first trial of each program; the next have the next ones
	Repeat int       // trials of each program
	Jobs   int       // how many programs are marked at a time
	Cache  string    // the folder that keeps what is known of what has not changed; empty: all is done again
	Log    io.Writer // told of every trial's verdicts as they come; may be nil
}

// Prove proves exercises of a course. The proofs stand in their order.
func Prove(ctx context.Context, course string, exercises []*exercise.Exercise, o Options) ([]*Proof, error) {
	var proofs []*Proof
	var of []*Proof // by trial
	var trials []Trial
	var tasks []grading.Task
	for _, e := range exercises {
		p := New(e)
		proofs = append(proofs, p)
		p.tidy(course)
		found, err := p.Trials(course, o.Seed, o.Repeat)
		if err != nil {
			return nil, fmt.Errorf("cannot prove %s: %w", e.ID, err)
		}
		for _, t := range found {
			trials, tasks, of = append(trials, t), append(tasks, t.Task), append(of, p)
		}
	}
	grade, vetted := grading.Grade, build.Vet
	if o.Cache != "" {
		grade = cache.Prover(o.Cache)
		vetted = func(ctx context.Context, course string, folders []string) (map[string][]string, error) {
			return cache.Vet(ctx, o.Cache, course, folders)
		}
	}
	if err := vet(ctx, course, proofs, vetted); err != nil {
		return nil, err
	}
	results, err := grade(ctx, course, tasks, grading.Options{Jobs: o.Jobs, Whole: true, Done: func(i int, r judge.Result) {
		if o.Log != nil {
			log(o.Log, tasks[i].Key, r)
		}
	}})
	if err != nil {
		return nil, err
	}
	for i, t := range trials {
		of[i].Judge(t, results[i])
		if results[i].Unchanged() {
			of[i].kept++
		}
		of[i].trials++
	}
	for _, p := range proofs {
		p.steady()
	}
	return proofs, nil
}

func log(w io.Writer, key string, r judge.Result) {
	fmt.Fprintf(w, "%s: %s in %.1fs\n", key, r.Status, r.Seconds)
	for _, v := range r.Checks {
		fmt.Fprintf(w, "  %5.1fs %-12s %s %s\n", v.Seconds, v.Status, v.Check, v.Message)
	}
}

// vet runs go vet over starters and solutions.
func vet(ctx context.Context, course string, proofs []*Proof, run func(ctx context.Context, course string, folders []string) (map[string][]string, error)) error {
	var folders []string
	for _, p := range proofs {
		folders = append(folders, "exercises/"+p.exercise.ID, "solutions/"+p.exercise.ID)
	}
	found, err := run(ctx, course, folders)
	if err != nil {
		return err
	}
	for i, folder := range folders {
		for _, line := range found[folder] {
			proofs[i/2].fault("go vet: %s", line)
		}
	}
	return nil
}

// Proof is what was found of one exercise.
type Proof struct {
	Faults   []string
	Unproven map[string][]string // by check: the programs of which this machine could not tell

	exercise *exercise.Exercise
	missed   map[string]bool // mutants that were not caught, in one trial at least
	runs     int             // of the solution
	failures int             // of these, those with a check that failed
	others   []string        // other right solutions
	refused  map[string]bool // those that a check failed, in one trial at least
	starter  bool            // failed as declared, each time
	verdicts map[subject]map[judge.Status][]uint64
	trials   int                 // of all programs
	kept     int                 // of these, those whose verdicts were known
	tier     box.Tier            // how strongly the programs were confined
	why      map[string][]string // by check: why this machine could not tell
}

// subject is what repeated trials must agree on: what a check says of a program. Its
// verdicts are kept with the seeds of their trials.
type subject struct{ program, check string }

// New begins the proof of an exercise.
func New(e *exercise.Exercise) *Proof {
	return &Proof{
		exercise: e, starter: true, missed: map[string]bool{}, refused: map[string]bool{},
		Unproven: map[string][]string{}, why: map[string][]string{}, verdicts: map[subject]map[judge.Status][]uint64{},
	}
}

func (p *Proof) fault(format string, args ...any) {
	p.Faults = append(p.Faults, fmt.Sprintf(format, args...))
}

// Judge takes a trial's result. What repeats one before is not told again.
func (p *Proof) Judge(t Trial, r judge.Result) {
	p.tier = max(p.tier, r.Tier)
	t.judge(p, r)
	p.note(t.title, t.Job.Seed, r)
}

// note keeps a trial's verdicts, once it was judged. What was not checked or not tried
// says nothing about luck: the machine was to blame, or another check was.
func (p *Proof) note(program string, seed uint64, r judge.Result) {
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
func (p *Proof) known(program string, v judge.Verdict) bool {
	return len(p.verdicts[subject{program, v.Check}][v.Status]) > 0
}

// steady wants all trials of a program to agree: points must not depend on luck.
func (p *Proof) steady() {
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
	p.Faults = append(p.Faults, varying...)
}

// caught is how many mutants were, in every trial.
func (p *Proof) caught() int { return len(p.exercise.Mutants) - len(p.missed) }

// accepted is how many other solutions were, in every trial.
func (p *Proof) accepted() int { return len(p.others) - len(p.refused) }

// open notes that a trial could not settle a check here, and why.
func (p *Proof) open(v judge.Verdict, trial string) {
	if !slices.Contains(p.Unproven[v.Check], trial) {
		p.Unproven[v.Check] = append(p.Unproven[v.Check], trial)
	}
	if !slices.Contains(p.why[v.Check], v.Message) {
		p.why[v.Check] = append(p.why[v.Check], v.Message)
	}
}

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
	out := []string{fmt.Sprintf("%s %-24s %s, %s, %d of %d mutants caught%s", mark, p.exercise.ID, starter, solution, p.caught(), len(p.exercise.Mutants), othersTold(p.accepted(), len(p.others)))}
	for _, f := range p.Faults {
		out = append(out, "     "+strings.ReplaceAll(f, "\n", "\n     "))
	}
	for _, check := range slices.Sorted(maps.Keys(p.Unproven)) {
		trials := p.Unproven[check]
		slices.Sort(trials)
		slices.Sort(p.why[check])
		out = append(out, fmt.Sprintf("     not proven here (tier %s): %q could not be checked on %s", p.tier, check, strings.Join(trials, ", ")))
		for _, why := range p.why[check] {
			out = append(out, "       "+why)
		}
	}
	return out
}

// Total is what a whole course's proof comes to.
type Total struct {
	exercises, mutants, caught, others, accepted, runs, failures, faulty, partly int
	Trials, Kept                                                                 int // of programs; of these, those whose verdicts were known
}

// Sum adds proofs up.
func Sum(proofs []*Proof) (t Total) {
	for _, p := range proofs {
		t.exercises++
		t.mutants += len(p.exercise.Mutants)
		t.caught += p.caught()
		t.others += len(p.others)
		t.accepted += p.accepted()
		t.runs += p.runs
		t.failures += p.failures
		t.Trials += p.trials
		t.Kept += p.kept
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
