package doctor

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/scratch"
)

// A tier in which one process could be run may still be one in which nothing can be
// graded: the compiler needs more than that, and so does exploration. So the doctor
// takes a small exercise that is known to be right all the way.

var (
	//go:embed canary/exercise.yaml
	canaryExercise []byte
	//go:embed canary/main.go.txt
	canaryProgram []byte
)

// canary says whether grading works here.
type canary struct {
	Outcome string `json:"outcome"`       // "passed", "failed" or "not tried"
	Why     string `json:"why,omitempty"` // unless it passed
}

func (t canary) String() string {
	switch t.Outcome {
	case "passed":
		return "A small exercise was built, run and explored in it, and graded as it must be."
	case "failed":
		return "NOTHING CAN BE GRADED in it. A small exercise was tried: " + t.Why
	}
	return "Whether an exercise can be graded in it was not tried: " + t.Why
}

// tryGrading grades the small exercise in a tier. It takes seconds, and a minute
// where the standard library has to be compiled first.
func tryGrading(ctx context.Context, course string, tier box.Tier) canary {
	if tier == "" {
		return canary{"not tried", "no program can be confined here"}
	}
	if course == "" {
		return canary{"not tried", "only in a course's folder, or with --course DIR, is there a library to build with"}
	}
	if err := gradeCanary(ctx, course, tier); err != nil {
		return canary{"failed", err.Error()}
	}
	return canary{Outcome: "passed"}
}

// gradeCanary is the whole pipeline. Its error says what did not work.
func gradeCanary(ctx context.Context, course string, tier box.Tier) (err error) {
	dir, err := scratch.New("canary")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	const id = "00-canary"
	place := filepath.Join(dir.Path, "exercises", id)
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	for name, text := range map[string][]byte{"exercise.yaml": canaryExercise, "main.go": canaryProgram} {
		if err := os.WriteFile(filepath.Join(place, name), text, 0o644); err != nil {
			return err
		}
	}
	e, err := exercise.Load(place)
	if err != nil {
		return err
	}
	tasks, err := grading.Read(dir.Path, plan.New(e, 1))
	if err != nil {
		return err
	}
	results, err := grading.Grade(ctx, course, tasks, grading.Options{Tier: tier})
	if err != nil {
		return err
	}
	for _, v := range results[0].Checks {
		switch v.Status {
		case judge.Pass, judge.NotChecked: // what a tier can't tell is said elsewhere
		case judge.Error:
			return errors.New(v.Message)
		default:
			return fmt.Errorf("a right program is marked as wrong: %s: %s", v.Check, v.Message)
		}
	}
	return nil
}
