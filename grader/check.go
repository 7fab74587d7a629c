package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

const checkExamples = `  grader check                prove the whole course
  grader check 10             prove one exercise
  grader check --repeat 20    mark every solution 20 times and give the flake rate
`

// runCheck is the instructor's proof that a course marks what it says it marks.
func runCheck(ctx context.Context, c *cli) error {
	repeat := c.flags.Int("repeat", 1, "mark every solution `N` times")
	seed := c.flags.Uint64("seed", 1, "draw open arguments and schedules from `N`, N+1, …")
	jobs := c.flags.Int("jobs", runtime.NumCPU(), "mark `N` programs at a time")
	args, err := c.parse(checkExamples)
	if err != nil {
		return err
	}
	if *repeat < 1 {
		return usagef("--repeat %d: needs 1 or more", *repeat)
	}
	exercises, err := c.load(args)
	if err != nil {
		return err
	}
	p := &prover{course: c.course, seed: *seed, jobs: *jobs, repeat: *repeat, proofs: map[string]*proof{}}
	if err := p.prove(ctx, exercises); err != nil {
		return err
	}
	failed := false
	for _, e := range exercises {
		proof := p.proofs[e.ID]
		fmt.Fprintln(c.out, proof.line(*repeat))
		for _, f := range proof.faults {
			fmt.Fprintf(c.out, "     %s\n", strings.ReplaceAll(f, "\n", "\n     "))
		}
		failed = failed || len(proof.faults) > 0
	}
	if failed {
		return errFailed
	}
	return nil
}

// proof is what was found of one exercise.
type proof struct {
	exercise      *exercise.Exercise
	mutants       int
	caught        int
	runs, passes  int // of the solution
	faults        []string
	starterProven bool
}

func (p *proof) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

func (p *proof) line(repeat int) string {
	mark, starter := "ok  ", "starter fails as declared"
	if len(p.faults) > 0 {
		mark = "FAIL"
	}
	if !p.starterProven {
		starter = "starter does not fail as declared"
	}
	line := fmt.Sprintf("%s %-24s %s, solution passes, %d of %d mutants caught", mark, p.exercise.ID, starter, p.caught, p.mutants)
	if p.passes < p.runs {
		line = strings.Replace(line, "solution passes", fmt.Sprintf("solution fails %d of %d", p.runs-p.passes, p.runs), 1)
	} else if repeat > 1 {
		line = strings.Replace(line, "solution passes", fmt.Sprintf("solution passes %d of %d", p.passes, p.runs), 1)
	}
	return line
}

// prover takes starters, solutions and mutants through the same pipeline that
// marks students, and compares the verdicts with what the exercises declare.
type prover struct {
	course string
	seed   uint64
	jobs   int
	repeat int
	proofs map[string]*proof
}

// trial is one program whose verdict is known beforehand.
type trial struct {
	*entry
	judge func(*proof, judge.Result)
}

func (p *prover) prove(ctx context.Context, exercises []*exercise.Exercise) error {
	for _, e := range exercises {
		p.proofs[e.ID] = &proof{exercise: e}
		p.tidy(e)
	}
	if err := p.vet(ctx, exercises); err != nil {
		return err
	}
	for round := range p.repeat {
		jobs := plan.New(exercises, p.seed+uint64(round)).Jobs
		var trials []trial
		for _, job := range jobs {
			found, err := p.trials(job, round == 0)
			if err != nil {
				return err
			}
			trials = append(trials, found...)
		}
		entries := make([]*entry, len(trials))
		for i, t := range trials {
			entries[i] = t.entry
		}
		marking := &pipeline{course: p.course, seed: p.seed + uint64(round), jobs: p.jobs}
		results, err := marking.mark(ctx, entries)
		if err != nil {
			return err
		}
		for i, t := range trials {
			t.judge(p.proofs[t.job.Exercise.ID], results[i])
		}
	}
	return nil
}

// trials lists an exercise's solution and, in the first round, its starter and
// its mutants.
func (p *prover) trials(job plan.Job, first bool) ([]trial, error) {
	e := job.Exercise
	solution, err := submission.Read(filepath.Join(p.course, "solutions"), e)
	if err != nil {
		return nil, fmt.Errorf("cannot prove %s: %w", e.ID, err)
	}
	solution.Dir = shown(solution.Dir)
	trials := []trial{{&entry{key: e.ID + "-solution", job: job, work: solution}, judgeSolution}}
	if !first {
		return trials, nil
	}
	starter, err := submission.Read(p.course, e)
	if err != nil {
		return nil, fmt.Errorf("cannot prove %s: %w", e.ID, err)
	}
	starter.Dir = shown(starter.Dir)
	trials = append(trials, trial{&entry{key: e.ID + "-starter", job: job, work: starter}, judgeStarter})
	for _, name := range mutantsOf(e) {
		if _, err := os.Stat(filepath.Join(e.Dir, "mutants", name)); errors.Is(err, fs.ErrNotExist) {
			p.proofs[e.ID].fault("there is no file mutants/%s", name)
			p.proofs[e.ID].mutants++
			continue
		}
		work, err := readMutant(e, name)
		if err != nil {
			return nil, err
		}
		key := e.ID + "-" + strings.TrimSuffix(name, ".go")
		trials = append(trials, trial{&entry{key: key, job: job, work: work}, func(p *proof, r judge.Result) { judgeMutant(p, name, r) }})
	}
	return trials, nil
}

func mutantsOf(e *exercise.Exercise) []string {
	var names []string
	for name := range e.Mutants {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// mutantTag keeps `go build ./...` away from mutants: a folder of programs that
// all have a main function is no package.
const mutantTag = "//go:build mutant\n"

// readMutant reads a wrong repair: the exercise's first edited file, with a build
// constraint that is blanked so that the lines keep their numbers.
func readMutant(e *exercise.Exercise, name string) (*submission.Submission, error) {
	dir := filepath.Join(e.Dir, "mutants")
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("cannot read a mutant: %w", err)
	}
	if !strings.HasPrefix(string(text), mutantTag) {
		return nil, usagef("%s:1: a mutant begins with the line %q, so that it stays out of the course's own build", filepath.Join(dir, name), strings.TrimSpace(mutantTag))
	}
	files := map[string][]byte{e.Edit[0]: text[len(mutantTag)-1:]}
	return submission.New(e, shown(dir), files), nil
}

func judgeSolution(p *proof, r judge.Result) {
	p.runs++
	if r.Status == judge.Pass || r.Status == judge.NotChecked {
		p.passes++
		return
	}
	for _, v := range r.Checks {
		if v.Status != judge.Pass && v.Status != judge.NotChecked {
			p.fault("the solution: %s", told(v))
		}
	}
}

func judgeStarter(p *proof, r judge.Result) {
	before := len(p.faults)
	declared := p.exercise.Starter.Fails
	for _, v := range r.Checks {
		expected := slices.Contains(declared, v.Check)
		switch {
		case v.Status == judge.Error, v.Status == judge.Fail && !expected:
			p.fault("the starter: %s, which starter.fails does not name", told(v))
		case v.Status == judge.Pass && expected:
			p.fault("the starter passes %q, which starter.fails names", v.Check)
		}
	}
	p.starterProven = len(p.faults) == before
}

func judgeMutant(p *proof, name string, r judge.Result) {
	p.mutants++
	before := len(p.faults)
	for _, want := range p.exercise.Mutants[name] {
		status := judge.Pass // what a result does not list did not fail: the build
		for _, v := range r.Checks {
			if v.Check == want {
				status = v.Status
			}
		}
		if status != judge.Fail && status != judge.NotChecked {
			p.fault("mutant %s is not caught by %q (%s)", name, want, status)
		}
	}
	built := slices.Contains(p.exercise.Mutants[name], exercise.Builds)
	for _, v := range r.Checks {
		if v.Check == exercise.Builds && !built || v.Status == judge.Error {
			p.fault("mutant %s: %s", name, told(v))
		}
	}
	if len(p.faults) == before {
		p.caught++
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

// modeline is the first line of an exercise file: it names the schema.
const modeline = "# yaml-language-server: $schema=../exercise.schema.json"

// tidy looks at an exercise's folder: what has to be there, and nothing else.
func (p *prover) tidy(e *exercise.Exercise) {
	proof := p.proofs[e.ID]
	if len(e.Hints) < 3 {
		proof.fault("has %d hints; a student gets three, from a nudge to nearly the answer", len(e.Hints))
	}
	if len(e.Mutants) < 3 {
		proof.fault("declares %d mutants; three wrong repairs show what its checks catch", len(e.Mutants))
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, "README.md")); err != nil || len(strings.TrimSpace(string(text))) == 0 {
		proof.fault("has no README.md")
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName)); err == nil && !strings.HasPrefix(string(text), modeline) {
		proof.fault("%s does not begin with the line %q, by which editors check it", exercise.FileName, modeline)
	}
	support := []string{exercise.FileName, "README.md", "mutants"}
	support = append(support, e.Edit...)
	for _, c := range e.Checks {
		support = append(support, c.StdoutFile)
	}
	for name, dir := range map[string]string{"": e.Dir, "mutants": filepath.Join(e.Dir, "mutants")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a missing mutants folder was told above
		}
		for _, entry := range entries {
			_, declared := e.Mutants[entry.Name()]
			if name == "mutants" && !declared || name == "" && !slices.Contains(support, entry.Name()) {
				proof.fault("stray file %s", filepath.Join(shown(dir), entry.Name()))
			}
		}
	}
}

// vet runs go vet over starters and solutions.
func (p *prover) vet(ctx context.Context, exercises []*exercise.Exercise) error {
	var folders []string
	for _, e := range exercises {
		folders = append(folders, "exercises/"+e.ID, "solutions/"+e.ID)
	}
	found, err := build.Vet(ctx, p.course, folders)
	if err != nil {
		return err
	}
	for _, e := range exercises {
		for _, kind := range []string{"exercises/", "solutions/"} {
			for _, line := range found[kind+e.ID] {
				p.proofs[e.ID].fault("go vet: %s", line)
			}
		}
	}
	return nil
}
