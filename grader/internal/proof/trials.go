package proof

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

// Trial is one program, under one seed, whose verdict is known beforehand.
type Trial struct {
	grading.Task
	title string // the program's: "the starter", "mutant no_lock.go"
	judge func(*Proof, judge.Result)
}

// Trials lists an exercise's starter, its solution, its mutants and its other solutions,
// each under so many seeds. A mutant is tried on the checks that must catch it, and on no
// others.
func (p *Proof) Trials(course string, seed uint64, repeat int) ([]Trial, error) {
	e := p.exercise
	var trials []Trial
	add := func(t grading.Task, e *exercise.Exercise, title string, judge func(*Proof, judge.Result)) {
		t.Key = e.ID + "-" + t.Key
		for round := range repeat {
			t.Job = plan.New(e, seed+uint64(round))
			trials = append(trials, Trial{t, title, judge})
		}
	}
	starter, err := submission.Read(course, e)
	if err != nil {
		return nil, err
	}
	solution, err := submission.Read(filepath.Join(course, "solutions"), e)
	if err != nil {
		return nil, err
	}
	starter.Dir, solution.Dir = submission.Shown(starter.Dir), submission.Shown(solution.Dir)
	add(grading.Task{Key: "starter", Work: starter}, e, "the starter", judgeStarter)
	add(grading.Task{Key: "solution", Work: solution}, e, "the solution", judgeSolution)
	for _, name := range slices.Sorted(maps.Keys(e.Mutants)) {
		work, err := readBeside(e, mutants, name)
		if errors.Is(err, fs.ErrNotExist) {
			p.fault("there is no file mutants/%s", name)
			p.missed[name] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		task := grading.Task{Key: strings.TrimSuffix(name, ".go"), Work: work, Brief: true}
		add(task, e.Only(e.Mutants[name]...), "mutant "+name, func(p *Proof, r judge.Result) { judgeMutant(p, name, r) })
	}
	p.others = othersOf(e)
	for _, name := range p.others {
		work, err := readBeside(e, others, name)
		if err != nil {
			return nil, err
		}
		task := grading.Task{Key: "also-" + strings.TrimSuffix(name, ".go"), Work: work}
		add(task, e, others.folder+"/"+name, func(p *Proof, r judge.Result) { judgeOther(p, name, r) })
	}
	return trials, nil
}

// beside is a folder of programs beside the starter, each a file with a main function.
type beside struct{ folder, tag, one string }

var (
	mutants = beside{exercise.MutantsFolder, "mutant", "a mutant"}
	others  = beside{exercise.OthersFolder, "also", "another solution"}
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
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(submission.Shown(dir), name), err)
	}
	if !strings.HasPrefix(string(text), constraint+"\n") {
		return nil, usage.Errorf("%s:1: %s begins with the line %q, so that it stays out of the course's own build", filepath.Join(dir, name), b.one, constraint)
	}
	files := map[string][]byte{e.Edit[0]: text[len(constraint):]}
	return submission.New(e, submission.Shown(dir), files), nil
}

// modeline is the first line of an exercise file: it names the schema.
const modeline = "# yaml-language-server: $schema=../exercise.schema.json"

// modelines are those of other courses too, which need no schema of their own.
var modelines = regexp.MustCompile(`\A# yaml-language-server: \$schema=[^ \n]*/exercise\.schema\.json\n`)

// tidy looks at an exercise's folder: what has to be there, and nothing else.
func (p *Proof) tidy(course string) {
	e := p.exercise
	p.unfinished(e.Dir)
	p.unfinished(filepath.Join(course, "solutions", e.ID))
	p.copied(filepath.Join(course, "solutions", e.ID))
	if len(e.Hints) < 3 {
		p.fault("has %d hints; a student gets three, from a nudge to nearly the answer", len(e.Hints))
	}
	for _, n := range e.AllHints() {
		if !slices.ContainsFunc(e.Checks, func(c exercise.Check) bool { return c.Hint.Gives(n) }) {
			p.fault("hint %d is never given: no check's hint: names it", n)
		}
	}
	if len(e.Mutants) < 3 {
		p.fault("declares %d mutants; three wrong repairs show what its checks catch", len(e.Mutants))
	}
	for _, kind := range exercise.Usual {
		if _, spared := e.Spared[kind]; !spared && len(e.UsualMutants(kind)) == 0 {
			p.fault("has no mutant named %[1]s….go, a wrong repair that is tried everywhere (or say in spared.%[1]s why it can't be here)", kind)
		}
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, exercise.ReadmeFile)); err != nil || len(strings.TrimSpace(string(text))) == 0 {
		p.fault("has no README.md")
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName)); err == nil && !modelines.Match(text) {
		p.fault("%s does not begin with the line %q, by which editors check it", exercise.FileName, modeline)
	}
	support := slices.Concat([]string{exercise.FileName, exercise.ReadmeFile, mutants.folder, others.folder}, e.Edit, e.Support)
	for _, file := range []string{exercise.FileName, exercise.ReadmeFile} {
		translated, _ := exercise.Translations(e.Dir, file) // a folder that can't be read is told elsewhere
		support = slices.AppendSeq(support, maps.Values(translated))
	}
	for _, c := range e.Checks {
		support = append(support, c.StdoutFile)
	}
	if len(e.Programs) > 0 {
		support = append(support, exercise.ProgramsFolder)
	}
	for folder, known := range map[string][]string{"": support, exercise.ProgramsFolder: e.Programs, mutants.folder: slices.Collect(maps.Keys(e.Mutants)), others.folder: othersOf(e)} {
		dir := filepath.Join(e.Dir, folder)
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a missing mutants folder is told elsewhere, and others need not be
		}
		for _, entry := range entries {
			if !slices.Contains(known, entry.Name()) {
				p.fault("stray file %s", filepath.Join(submission.Shown(dir), entry.Name()))
			}
		}
	}
}

// copied looks at the course's files beside a solution, which are there so that it is a
// package: the exercise's are built with it.
func (p *Proof) copied(dir string) {
	for _, name := range p.exercise.Support {
		ours, err := os.ReadFile(filepath.Join(p.exercise.Dir, name))
		if err != nil {
			continue // loading has told
		}
		shown, file := submission.Shown(filepath.Join(p.exercise.Dir, name)), filepath.Join(dir, name)
		switch copied, err := os.ReadFile(file); {
		case err != nil:
			p.fault("there is no %s, a copy of %s, without which the solution is no package", submission.Shown(file), shown)
		case !bytes.Equal(copied, ours):
			p.fault("%s differs from %s, which is built with the solution: it must be a copy", submission.Shown(file), shown)
		}
	}
}

// unfinished tells what still has to be written in the files of a folder.
func (p *Proof) unfinished(dir string) {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error { // what can't be read is told elsewhere
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		text, _ := os.ReadFile(name)
		if left := exercise.Left(submission.Shown(name), text); left != "" {
			p.fault("%s", left)
		}
		return nil
	})
}
