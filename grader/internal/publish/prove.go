package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

// answers are what solutions print where a check asks for no more than that and draws
// nothing: students, who have no solutions, get it written down. By exercise and check.
func answers(ctx context.Context, course string, exercises []*exercise.Exercise, tier box.Tier) (map[string]map[string]string, error) {
	var tasks []grading.Task
	for _, e := range exercises {
		if !slices.ContainsFunc(e.Checks, answerable) {
			continue
		}
		work, err := submission.Read(filepath.Join(course, "solutions"), e)
		if err != nil {
			return nil, err
		}
		if len(work.Problems) > 0 {
			return nil, fmt.Errorf("cannot write down what the solution of %s prints: %s", e.ID, work.Problems[0])
		}
		tasks = append(tasks, grading.Task{Key: e.ID, Job: plan.Job{Exercise: e, Builds: []plan.Variant{plan.Plain}}, Work: work})
	}
	told := map[string]map[string]string{}
	if len(tasks) == 0 {
		return told, nil
	}
	dir, err := scratch.New("publish")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	made, err := grading.Build(ctx, course, dir.Path, tasks, grading.Options{Tier: tier})
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		e := t.Job.Exercise
		program := made.Made[e.ID]
		if program.Broken != nil || program.Plain == "" {
			return nil, fmt.Errorf("the reference solution of %s does not build: %s %w", e.ID, strings.Join(program.Errors, "\n"), program.Broken)
		}
		told[e.ID] = map[string]string{}
		for i := range e.Checks {
			if c := &e.Checks[i]; len(e.Programs) == 0 && answerable(*c) {
				if told[e.ID][c.Name], err = script.Answer(ctx, program.Plain, e, c, tier); err != nil {
					return nil, fmt.Errorf("%s, check %q: %w", e.ID, c.Name, err)
				}
			}
		}
	}
	return told, nil
}

// answerable reports whether a check's expected output can be written down.
func answerable(c exercise.Check) bool {
	return !c.Hidden && c.StdoutFrom == exercise.Solution && c.Published == nil && c.Run != nil && !c.Draws() && c.Fixtures == nil
}

// Prove grades the starters where students will: in the tree, by its own exercises. Each
// must be seen to fail something there, or whoever has changed nothing is told to have
// passed. A wrong course is a usage error.
func (t Tree) Prove(ctx context.Context, grade grading.Grader, tier box.Tier) error {
	dir, err := scratch.New("publish")
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := t.Write(filepath.Join(dir.Path, "students"), Options{}); err != nil {
		return err
	}
	course := filepath.Join(dir.Path, "students")
	all, err := exercise.LoadAll(filepath.Join(course, "exercises"))
	if err != nil {
		return err
	}
	var tasks []grading.Task
	var faults []error
	for _, e := range all {
		only := failing(e)
		if len(only.Checks) == 0 {
			faults = append(faults, fmt.Errorf("%s: all that its starter fails is hidden", e.ID))
			continue
		}
		work, err := submission.Read(course, e)
		if err != nil {
			return err
		}
		work.Dir = work.Place // where it lies now is in no verdict
		tasks = append(tasks, grading.Task{Key: e.ID, Job: plan.New(only, 1), Work: work})
	}
	results, err := grade(ctx, course, tasks, grading.Options{Tier: tier, Jobs: runtime.NumCPU()})
	if err != nil {
		return err
	}
	for _, r := range results {
		if why := unfailed(r); why != "" {
			faults = append(faults, fmt.Errorf("%s: its starter passes in the students' repository: %s", r.Exercise, why))
		}
	}
	if len(faults) > 0 {
		return &usage.Error{Err: errors.Join(faults...)}
	}
	return nil
}

// failing is an exercise of what its starter is to fail, and what that needs.
func failing(e *exercise.Exercise) *exercise.Exercise {
	wanted := slices.Clone(e.Starter.Fails)
	for i := 0; i < len(wanted); i++ {
		if c, ok := e.Check(wanted[i]); ok {
			wanted = append(wanted, c.Needs...)
		}
	}
	only := *e
	only.Checks = nil
	for _, c := range e.Checks {
		if slices.Contains(wanted, c.Name) || slices.Contains(wanted, exercise.Builds) {
			only.Checks = append(only.Checks, c)
		}
	}
	return &only
}

// unfailed says of a starter why nothing wrong is seen with it; empty: something is.
func unfailed(r judge.Result) string {
	var why []string
	for _, v := range r.Checks {
		if v.Status == judge.Fail {
			return ""
		}
		why = append(why, strings.TrimSuffix(fmt.Sprintf("%q: %s: %s", v.Check, v.Status, v.Message), ": "))
	}
	return strings.Join(why, "; ")
}

// Unfinished are the places in the exercises' files that somebody still has to write.
func (t Tree) Unfinished() error {
	var found []error
	for name, f := range t {
		if !strings.HasPrefix(name, "exercises/") {
			continue
		}
		if left := exercise.Left(name, f.Text); left != "" {
			found = append(found, errors.New(left))
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortFunc(found, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return &usage.Error{Err: errors.Join(found...)}
}

// Matches reports, by an error of usage, where a course's folder is not what its ref
// names: what students get and what they are marked by would differ.
func Matches(ctx context.Context, course, ref string) error {
	home, err := exercise.Home(course)
	if err != nil {
		return err
	}
	no := func(format string, args ...any) error {
		return &usage.Error{Err: fmt.Errorf("--ref %s: "+format, append([]any{ref}, args...)...)}
	}
	var other []string
	named := "" // the commit
	for _, part := range []struct {
		dir   string
		holds []string
	}{{course, []string{"exercises", "solutions"}}, {home, []string{"grader", "mp", "go.mod", "go.sum"}}} {
		own := git.Own(part.dir)
		commit, why, err := own.Ask(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
		if err != nil {
			return err
		}
		if why != "" {
			return no("%s has no such commit or tag", part.dir)
		}
		if named = cmp.Or(named, string(commit)); named != string(commit) {
			return no("it is another commit in %s than in %s, a repository of its own", course, home)
		}
		// Paths count from the folder, wherever it lies in its repository.
		args := append([]string{"--"}, part.holds...)
		said, why, err := own.Ask(ctx, nil, append([]string{"diff", "--name-only", "--relative", "-z", ref}, args...)...)
		more, why2, err2 := own.Ask(ctx, nil, append([]string{"ls-files", "--others", "--exclude-standard", "-z"}, args...)...)
		if err = errors.Join(err, err2); err != nil {
			return err
		}
		if why+why2 != "" {
			return no("%s%s", why, why2)
		}
		for name := range strings.SplitSeq(string(said)+string(more), "\x00") {
			if name != "" {
				other = append(other, path.Clean(name))
			}
		}
	}
	slices.Sort(other)
	if len(other) > 0 {
		rest := ""
		if n := len(other) - 5; n > 0 {
			other, rest = other[:5], fmt.Sprintf(" and %d more", n)
		}
		return no("it is not what lies in %s: %s%s differ; commit, push, and name that commit by --ref", course, strings.Join(other, ", "), rest)
	}
	return nil
}
