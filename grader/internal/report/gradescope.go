package report

import (
	"fmt"
	"io"

	"lockstep/grader/internal/judge"
)

// gradescopeResult is results.json as Gradescope's harness reads it.
type gradescopeResult struct {
	Score      int              `json:"score"`
	Time       float64          `json:"execution_time"`
	Output     string           `json:"output"`
	Visibility string           `json:"visibility"`
	Tests      []gradescopeTest `json:"tests"`
	Extra      gradescopeExtra  `json:"extra_data"`
}

type gradescopeTest struct {
	Score      int             `json:"score"`
	Max        int             `json:"max_score"`
	Status     string          `json:"status"`
	Name       string          `json:"name"`
	Number     string          `json:"number"`
	Output     string          `json:"output"`
	Format     string          `json:"output_format"`
	Visibility string          `json:"visibility"`
	Tags       []string        `json:"tags"`
	Extra      gradescopeExtra `json:"extra_data"`
}

// gradescopeExtra is kept by Gradescope and shown to nobody.
type gradescopeExtra struct {
	Status judge.Status `json:"status"`
	File   string       `json:"file"`
	Line   int          `json:"line"`
	Grader string       `json:"grader,omitempty"`
}

// WriteGradescope writes results.json. It has no word for a grader that broke: where
// it did, nobody should read this as a score. A hidden check is listed like any other:
// its verdict names no input.
func (r *Report) WriteGradescope(w io.Writer) error {
	err := within(w, fileBudget, byGrading, func(x extent) ([]byte, error) { return indented(r.gradescope(x)) })
	if err != nil {
		return fmt.Errorf("cannot write Gradescope's result: %w", err)
	}
	return nil
}

func (r *Report) gradescope(x extent) gradescopeResult {
	points, most := r.total()
	result := gradescopeResult{
		Score: points, Time: r.Seconds, Visibility: "visible", Tests: []gradescopeTest{},
		Output: fmt.Sprintf("%d of %d points", points, most),
		Extra:  gradescopeExtra{Status: r.Status, Grader: r.Grader},
	}
	if r.Status == judge.Error {
		result.Output += "; the grader broke on some checks: tell your teacher"
	}
	if r.Stretched > 0 {
		result.Output += "; " + slow(r.Stretched)
	}
	for i, e := range r.Exercises {
		for j, v := range e.Checks {
			points, most := counted(v)
			status := "failed"
			if outcome(v.Status) == "pass" {
				status = "passed"
			}
			result.Tests = append(result.Tests, gradescopeTest{
				Score: points, Max: most, Status: status, Name: named(e, v), Number: fmt.Sprintf("%d.%d", i+1, j+1),
				Output: plain(v, x), Format: "text", Visibility: "visible", Tags: []string{e.Exercise},
				Extra: gradescopeExtra{Status: v.Status, File: v.File, Line: v.Line},
			})
		}
	}
	return result
}
