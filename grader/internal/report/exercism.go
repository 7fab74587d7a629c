package report

import (
	"fmt"
	"io"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

// exercismResult is results.json of Exercism's test runner interface, version 3.
type exercismResult struct {
	Version int            `json:"version"`
	Status  string         `json:"status"`
	Message *string        `json:"message"` // only with the status error
	Tests   []exercismTest `json:"tests"`
}

type exercismTest struct {
	Name     string  `json:"name"`
	Status   string  `json:"status"`
	TestCode string  `json:"test_code"`
	Message  *string `json:"message"`
	Output   *string `json:"output"` // what the student's program printed
	TaskID   int     `json:"task_id"`
}

// exercismOutput bounds what a test shows of a program's output, in characters.
const exercismOutput = 500

// WriteExercism writes results.json. Exercism's status error means that no test
// could be run: the program does not build, or the grader broke.
func (r *Report) WriteExercism(w io.Writer) error {
	err := within(w, fileBudget, byGrading, func(x extent) ([]byte, error) { return indented(r.exercism(x)) })
	if err != nil {
		return fmt.Errorf("cannot write Exercism's result: %w", err)
	}
	return nil
}

func (r *Report) exercism(x extent) exercismResult {
	result := exercismResult{Version: 3, Status: outcome(r.Status), Tests: []exercismTest{}}
	for i, e := range r.Exercises {
		for _, v := range e.Checks {
			if v.Check == exercise.Builds || v.Status == judge.Error && result.Message == nil {
				text := plain(v, x)
				result.Status, result.Message = "error", &text
			}
			result.Tests = append(result.Tests, exercismTest{
				Name: named(e, v), Status: outcome(v.Status), TestCode: ran(v),
				Message: present(plain(v, x)), Output: present(printed(v)), TaskID: i + 1,
			})
		}
	}
	return result
}

// present is nil for a text that says nothing.
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// printed is what a check saw of the program's output.
func printed(v judge.Verdict) string {
	for _, e := range v.Evidence {
		if e.Kind != judge.Seen && e.Kind != judge.Diff {
			continue
		}
		var text []rune
		for i, line := range e.Lines {
			if i > 0 {
				text = append(text, '\n')
			}
			if text = append(text, []rune(Escape(line, exercismOutput))...); len(text) > exercismOutput {
				return string(text[:exercismOutput-1]) + "…"
			}
		}
		return string(text)
	}
	return ""
}
