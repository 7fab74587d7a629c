//go:build !first

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/mutate"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/proof"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

const mutantsExamples = `  grader mutants 10                       what the checks catch of the usual wrong repairs
  grader mutants --only no-lock,sleep 10  those of two rules
  grader mutants --write 10               write them to exercises/10-lost-updates/mutants
  grader mutants --rules                  list the rules

Exit code 1 says that no check catches one of them.
`

// runMutants makes the usual wrong repairs of an exercise out of its solution, and says
// what catches each.
func runMutants(ctx context.Context, c *cli) error {
	o := proof.Options{}
	only := c.flags.String("only", "", "make those of the rules `RULE,…` alone")
	write := c.flags.Bool("write", false, "write those that compile to the exercise's mutants folder, over nothing, and print their lines for exercise.yaml")
	rules := c.flags.Bool("rules", false, "list the rules")
	c.flags.IntVar(&o.Repeat, "repeat", 1, "mark each `N` times; what catches it must do so every time")
	c.flags.Uint64Var(&o.Seed, "seed", 1, "draw open arguments and schedules from `N`, N+1, …")
	c.flags.IntVar(&o.Jobs, "jobs", 2*runtime.NumCPU(), "mark `N` programs at a time")
	verbose := c.flags.Bool("verbose", false, "tell every trial's verdicts as they come, with their seconds")
	args, err := c.parse(mutantsExamples)
	if err != nil {
		return err
	}
	if *rules {
		for _, r := range mutate.Rules() {
			fmt.Fprintf(c.out, "%-19s %s\n", r.Name, r.Does)
		}
		return nil
	}
	if o.Repeat < 1 {
		return usage.Errorf("--repeat %d: needs 1 or more", o.Repeat)
	}
	if len(args) != 1 {
		return usage.Errorf("name one exercise, as in: grader mutants 10")
	}
	wanted, err := ruleNames(*only)
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	if *verbose {
		o.Log = c.err
	}
	source, err := c.readSolution(ctx, e, len(wanted) == 0 || slices.Contains(wanted, "printed"))
	if err != nil {
		return err
	}
	made := source.Mutants(wanted...)
	var programs [][]byte
	var of []mutate.Mutant // by program
	for _, m := range made {
		if m.Wrong != nil {
			fmt.Fprintf(c.err, "grader mutants: %s is no program, and left out: %v\n", m.Name, m.Wrong)
			continue
		}
		programs, of = append(programs, m.Text), append(of, m)
	}
	if len(programs) == 0 {
		fmt.Fprintln(c.err, "grader mutants: no rule applies to the solution")
		return nil
	}
	var found []mutate.Mutant
	var seen []proof.Tried
	err = proof.Try(ctx, c.course, e, programs, o, func(i int, t proof.Tried) {
		if !t.Compiles {
			fmt.Fprintf(c.err, "grader mutants: %s does not compile, and is left out: %s\n", of[i].Name, strings.Join(t.Compiler, "; "))
			return
		}
		found, seen = append(found, of[i]), append(seen, t)
		fmt.Fprint(c.out, mutantLines(e, of[i], t))
	})
	if err != nil {
		return err
	}
	if *write {
		if err := writeMutants(c, e, found, seen); err != nil {
			return err
		}
	}
	for i, t := range seen {
		switch {
		case t.Broken != "":
			return fmt.Errorf("%s: %s", found[i].Name, t.Broken)
		case len(t.Caught) == 0 && found[i].Doubt == "" && len(t.Open) == 0:
			err = errFailed
		}
	}
	return err
}

func ruleNames(only string) ([]string, error) {
	var known, wanted []string
	for _, r := range mutate.Rules() {
		known = append(known, r.Name)
	}
	for name := range strings.SplitSeq(only, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		if !slices.Contains(known, name) {
			if near, ok := exercise.Nearest(name, known); ok {
				return nil, usage.Errorf("--only: there is no rule %q; did you mean %s?", name, near)
			}
			return nil, usage.Errorf("--only: there is no rule %q; there are %s", name, strings.Join(known, ", "))
		}
		wanted = append(wanted, name)
	}
	return wanted, nil
}

// mutantLines tell what was changed and what catches it.
func mutantLines(e *exercise.Exercise, m mutate.Mutant, t proof.Tried) string {
	at := ""
	if len(m.Lines) > 0 {
		at = strings.ReplaceAll(strings.Trim(fmt.Sprint(m.Lines), "[]"), " ", ", ")
		at = fmt.Sprintf("solutions/%s/%s:%s: ", e.ID, e.Edit[0], at)
	}
	said := "no check catches this"
	switch {
	case t.Broken != "":
		said = t.Broken
	case len(t.Caught) > 0:
		said = "caught by " + strings.Join(quotedAll(t.Caught), ", ")
	case len(t.Open) > 0:
		said = "not told here: " + strings.Join(quotedAll(t.Open), ", ") + " could not be checked, and no other check catches this"
	case m.Doubt != "":
		said = "passes every check; look at it: perhaps " + m.Doubt
	}
	return fmt.Sprintf("%s (%s)\n    %s%s\n    %s\n", m.Name, m.Rule, at, m.What, said)
}

func quotedAll(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, strconv.Quote(n))
	}
	return all
}

// readSolution reads what mutants are made of. What the solution prints is found by a run.
func (c *cli) readSolution(ctx context.Context, e *exercise.Exercise, prints bool) (*mutate.Program, error) {
	if _, err := os.Stat(filepath.Join(c.course, "solutions", e.ID)); errors.Is(err, fs.ErrNotExist) {
		return nil, usage.Errorf("there is no solution of %s to make mutants of", e.ID)
	}
	work, err := submission.Read(filepath.Join(c.course, "solutions"), e)
	if err != nil {
		return nil, err
	}
	if len(work.Problems) > 0 {
		return nil, usage.Errorf("cannot read the solution: %s", work.Problems[0])
	}
	dir, err := scratch.New("mutants")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	name := e.Edit[0]
	text := work.Files[name]
	beside, err := build.Sources(e.Dir, e.Support...)
	if err != nil {
		return nil, err
	}
	for other, text := range work.Files {
		if other != name {
			beside[other] = text
		}
	}
	var more bytes.Buffer
	more.WriteString("package main\n")
	for _, path := range mutate.Needed() {
		fmt.Fprintf(&more, "import _ %q\n", path)
	}
	files := map[string][]byte{name: text, "needed_by_mutants.go": more.Bytes()}
	for other, text := range beside {
		files[other] = text
	}
	types, err := build.Types(ctx, build.Request{Course: c.course, Dir: filepath.Join(dir.Path, "types"), Units: []build.Unit{{Key: e.ID, Files: files}}})
	if err != nil {
		return nil, err
	}
	p, err := mutate.Read(name, text, beside, types)
	if err != nil {
		return nil, &usage.Error{Err: err}
	}
	if prints {
		if p.Printed, err = firstAnswer(ctx, c.course, filepath.Join(dir.Path, "run"), e, work); err != nil {
			fmt.Fprintf(c.err, "grader mutants: the rule printed is left out: %v\n", err)
		}
	}
	return p, nil
}

// firstAnswer is what the solution prints for the first check that runs it by itself;
// empty where there is none.
func firstAnswer(ctx context.Context, course, dir string, e *exercise.Exercise, work *submission.Submission) (string, error) {
	i := slices.IndexFunc(e.Checks, func(c exercise.Check) bool { return c.Run != nil && c.Fixtures == nil })
	if i < 0 {
		return "", nil
	}
	first := e.Checks[i]
	var err error
	if first.Run, err = plan.Drawn(e, &first, 1); err != nil {
		return "", err
	}
	made, err := grading.Build(ctx, course, dir, []grading.Task{{Key: e.ID, Job: plan.Job{Exercise: e, Builds: []plan.Variant{plan.Plain}}, Work: work}}, grading.Options{})
	if err != nil {
		return "", err
	}
	program := made.Made[e.ID]
	if program.Plain == "" {
		return "", usage.Errorf("the solution does not build: %s", strings.Join(program.Errors, "\n"))
	}
	return script.Answer(ctx, program.Plain, e, &first, "")
}

// writeMutants writes each mutant to a file of its own, and prints what exercise.yaml is to
// say of them.
func writeMutants(c *cli, e *exercise.Exercise, found []mutate.Mutant, seen []proof.Tried) error {
	folder := filepath.Join(e.Dir, exercise.MutantsFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("cannot write the mutants: %w", err)
	}
	fmt.Fprintln(c.out, "\nmutants:")
	for i, m := range found {
		file := filepath.Join(folder, m.Name)
		there, err := os.ReadFile(file)
		switch {
		case err == nil && !bytes.Equal(there, m.Text):
			fmt.Fprintf(c.err, "grader mutants: %s is there already, and another; it stays as it is\n", submission.Shown(file))
			continue
		case err == nil:
		case errors.Is(err, fs.ErrNotExist):
			if err := os.WriteFile(file, m.Text, 0o644); err != nil {
				return fmt.Errorf("cannot write a mutant: %w", err)
			}
		default:
			return fmt.Errorf("cannot write a mutant: %w", err)
		}
		line := fmt.Sprintf("  %s: [%s]", m.Name, strings.Join(flowed(seen[i].Caught), ", "))
		if len(seen[i].Caught) == 0 {
			line += " # no check catches this"
		}
		fmt.Fprintln(c.out, line)
	}
	return nil
}

// flowed are names as a list of YAML holds them between brackets.
func flowed(names []string) []string {
	var all []string
	for _, n := range names {
		if strings.ContainsAny(n, ",[]{}:#&*!|>'\"%@`\\") || strings.TrimSpace(n) != n {
			n = strconv.Quote(n)
		}
		all = append(all, n)
	}
	return all
}
