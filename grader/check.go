package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
  grader check --repeat 20    mark everything 20 times, under other seeds: no verdict may vary
  grader check --partial      accept what this machine can't check
`

// runCheck is the instructor's proof that a course marks what it says it marks.
func runCheck(ctx context.Context, c *cli) error {
	repeat := c.flags.Int("repeat", 1, "mark every starter, solution, mutant and other solution `N` times; no verdict may vary")
	seed := c.flags.Uint64("seed", 1, "draw open arguments and schedules from `N`, N+1, …")
	jobs := c.flags.Int("jobs", 2*runtime.NumCPU(), "mark `N` programs at a time; more than cores, since wrong repairs mostly wait")
	partial := c.flags.Bool("partial", false, "exit with 0 also when this machine can't check everything")
	verbose := c.flags.Bool("verbose", false, "tell every trial's verdicts as they come, with their seconds")
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
	if *verbose {
		p.log = c.err
	}
	if err := p.prove(ctx, exercises); err != nil {
		return err
	}
	var all total
	for _, e := range exercises {
		for _, line := range p.proofs[e.ID].lines() {
			fmt.Fprintln(c.out, line)
		}
		all.add(p.proofs[e.ID])
	}
	fmt.Fprintln(c.out, all)
	if all.faulty > 0 || all.partly > 0 && !*partial {
		return errFailed
	}
	return nil
}

// prover takes starters, solutions, mutants and other solutions through the same pipeline that
// marks students, and compares the verdicts with what the exercises declare.
type prover struct {
	course string
	seed   uint64
	jobs   int
	repeat int
	log    io.Writer // told of every trial; may be nil
	proofs map[string]*proof
}

// trial is one program, under one seed, whose verdict is known beforehand.
type trial struct {
	*entry
	title string // the program's: "the starter", "mutant no_lock.go"
	judge func(*proof, judge.Result)
}

func (p *prover) prove(ctx context.Context, exercises []*exercise.Exercise) error {
	var trials []trial
	for _, e := range exercises {
		p.proofs[e.ID] = newProof(e)
		p.tidy(e)
		found, err := p.trials(e)
		if err != nil {
			return fmt.Errorf("cannot prove %s: %w", e.ID, err)
		}
		trials = append(trials, found...)
	}
	if err := p.vet(ctx, exercises); err != nil {
		return err
	}
	entries := make([]*entry, len(trials))
	for i, t := range trials {
		entries[i] = t.entry
	}
	marking := &pipeline{course: p.course, seed: p.seed, jobs: p.jobs, done: func(i int, r judge.Result) { p.tell(trials[i], r) }}
	results, err := marking.mark(ctx, entries)
	if err != nil {
		return err
	}
	for i, t := range trials {
		proof := p.proofs[t.job.Exercise.ID]
		for _, record := range t.records {
			for _, run := range record.Runs {
				proof.tier = string(run.Observation.Tier)
			}
		}
		t.judge(proof, results[i])
		proof.note(t.title, p.seed+t.round, results[i])
	}
	for _, proof := range p.proofs {
		proof.steady()
	}
	return nil
}

// trials lists an exercise's starter, its solution, its mutants and its other solutions,
// each as often as wanted. A mutant is tried on the checks that must catch it, and on no
// others.
func (p *prover) trials(e *exercise.Exercise) ([]trial, error) {
	starter, err := submission.Read(p.course, e)
	if err != nil {
		return nil, err
	}
	solution, err := submission.Read(filepath.Join(p.course, "solutions"), e)
	if err != nil {
		return nil, err
	}
	starter.Dir, solution.Dir = shown(starter.Dir), shown(solution.Dir)
	trials := p.repeated(nil, e, "starter", "the starter", starter, judgeStarter)
	trials = p.repeated(trials, e, "solution", "the solution", solution, judgeSolution)
	for _, name := range mutantsOf(e) {
		if _, err := os.Stat(filepath.Join(e.Dir, "mutants", name)); errors.Is(err, fs.ErrNotExist) {
			p.proofs[e.ID].fault("there is no file mutants/%s", name)
			p.proofs[e.ID].missed[name] = true
			continue
		}
		work, err := readBeside(e, mutants, name)
		if err != nil {
			return nil, err
		}
		trials = p.repeated(trials, e.Only(e.Mutants[name]...), strings.TrimSuffix(name, ".go"), "mutant "+name, work,
			func(p *proof, r judge.Result) { judgeMutant(p, name, r) })
	}
	for _, name := range othersOf(e) {
		work, err := readBeside(e, others, name)
		if err != nil {
			return nil, err
		}
		p.proofs[e.ID].others = append(p.proofs[e.ID].others, name)
		trials = p.repeated(trials, e, "also-"+strings.TrimSuffix(name, ".go"), "also/"+name, work,
			func(p *proof, r judge.Result) { judgeOther(p, name, r) })
	}
	return trials, nil
}

// repeated adds a program's trials, each under another seed.
func (p *prover) repeated(trials []trial, e *exercise.Exercise, key, title string, work *submission.Submission, judge func(*proof, judge.Result)) []trial {
	for round := range p.repeat {
		trials = append(trials, trial{p.entry(e, key, uint64(round), work), title, judge})
	}
	return trials
}

func (p *prover) entry(e *exercise.Exercise, name string, round uint64, work *submission.Submission) *entry {
	job := plan.New([]*exercise.Exercise{e}, p.seed+round).Jobs[0]
	return &entry{key: e.ID + "-" + name, job: job, work: work, round: round}
}

func (p *prover) tell(t trial, r judge.Result) {
	if p.log == nil {
		return
	}
	fmt.Fprintf(p.log, "%s: %s in %.1fs\n", t.key, r.Status, r.Seconds)
	for _, v := range r.Checks {
		fmt.Fprintf(p.log, "  %5.1fs %-12s %s %s\n", v.Seconds, v.Status, v.Check, v.Message)
	}
}

func mutantsOf(e *exercise.Exercise) []string {
	var names []string
	for name := range e.Mutants {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// beside is a folder of programs beside the starter, each a file with a main function.
type beside struct{ folder, tag, one string }

var (
	mutants = beside{"mutants", "mutant", "a mutant"}    // wrong repairs
	others  = beside{"also", "also", "another solution"} // right ones
)

// othersOf lists an exercise's other right solutions: all that lie there.
func othersOf(e *exercise.Exercise) []string {
	found, _ := filepath.Glob(filepath.Join(e.Dir, others.folder, "*.go")) // of a fixed pattern
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

// readBeside reads such a program as the exercise's first edited file. It begins with a
// build constraint, which keeps `go build ./...` away from the folder, and is blanked so
// that the lines keep their numbers.
func readBeside(e *exercise.Exercise, b beside, name string) (*submission.Submission, error) {
	dir, constraint := filepath.Join(e.Dir, b.folder), "//go:build "+b.tag
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(shown(dir), name), err)
	}
	if !strings.HasPrefix(string(text), constraint+"\n") {
		return nil, usagef("%s:1: %s begins with the line %q, so that it stays out of the course's own build", filepath.Join(dir, name), b.one, constraint)
	}
	files := map[string][]byte{e.Edit[0]: text[len(constraint):]}
	return submission.New(e, shown(dir), files), nil
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
	for _, kind := range exercise.Usual {
		if _, spared := e.Spared[kind]; !spared && len(e.UsualMutants(kind)) == 0 {
			proof.fault("has no mutant named %[1]s….go, a wrong repair that is tried everywhere (or say in spared.%[1]s why it can't be here)", kind)
		}
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, "README.md")); err != nil || len(strings.TrimSpace(string(text))) == 0 {
		proof.fault("has no README.md")
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName)); err == nil && !strings.HasPrefix(string(text), modeline) {
		proof.fault("%s does not begin with the line %q, by which editors check it", exercise.FileName, modeline)
	}
	support := []string{exercise.FileName, "README.md", mutants.folder, others.folder}
	support = append(support, e.Edit...)
	for _, c := range e.Checks {
		support = append(support, c.StdoutFile)
	}
	for folder, known := range map[string][]string{"": support, mutants.folder: mutantsOf(e), others.folder: othersOf(e)} {
		dir := filepath.Join(e.Dir, folder)
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a missing mutants folder was told above
		}
		for _, entry := range entries {
			if !slices.Contains(known, entry.Name()) {
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
