package report

import (
	"fmt"
	"io"
	"time"

	"lockstep/grader/internal/judge"
)

// Handin is what Classroom 50 tells an autograder about the submission that it
// marks: https://github.com/foundation50/classroom50.
type Handin struct {
	Classroom, Assignment string
	Type                  string // "individual", "group" or "team"; empty means individual
	Owner                 string
	Submission            string // the tag, "submit/…"
	Commit                string // URLs
	Release               string
	Review                string // empty means Commit, as on older runners
	Submitted             time.Time
	Graded                time.Time // zero leaves the field out
}

type classroom50Result struct {
	Schema     string            `json:"schema"`
	Classroom  string            `json:"classroom"`
	Assignment string            `json:"assignment"`
	Type       string            `json:"assignment_type"`
	Owner      string            `json:"owner"`
	Submission string            `json:"submission"`
	Commit     string            `json:"commit"`
	Release    string            `json:"release"`
	Review     string            `json:"review"`
	Datetime   string            `json:"datetime"`
	GradedAt   string            `json:"graded_at,omitempty"`
	Score      int               `json:"score"`
	Max        int               `json:"max-score"`
	Tests      []classroom50Test `json:"tests"`
}

// classroom50Test has the four fields that the schema asks for and, as it
// allows, some of our own.
type classroom50Test struct {
	Name    string  `json:"test-name"`
	Passed  bool    `json:"passed"`
	Score   int     `json:"score"`
	Max     int     `json:"max-score"`
	Status  string  `json:"status"`
	Message string  `json:"message"`
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Seconds float64 `json:"seconds"`
}

// WriteClassroom50 writes result.json of the schema classroom50/result/v1. It has no
// word for a grader that broke: where it did, nobody should read this as a score.
// Points are whole numbers, as they are everywhere in a course.
func (r *Report) WriteClassroom50(w io.Writer, h Handin) error {
	err := within(w, fileBudget, byGrading, func(x extent) ([]byte, error) { return indented(r.classroom50(h, x)) })
	if err != nil {
		return fmt.Errorf("cannot write Classroom 50's result: %w", err)
	}
	return nil
}

func (r *Report) classroom50(h Handin, x extent) classroom50Result {
	result := classroom50Result{
		Schema: "classroom50/result/v1", Classroom: h.Classroom, Assignment: h.Assignment, Type: h.Type,
		Owner: h.Owner, Submission: h.Submission, Commit: h.Commit, Release: h.Release, Review: h.Review,
		Datetime: instant(h.Submitted), Tests: []classroom50Test{},
	}
	if result.Type == "" {
		result.Type = "individual"
	}
	if result.Review == "" {
		result.Review = h.Commit
	}
	if !h.Graded.IsZero() {
		result.GradedAt = instant(h.Graded)
	}
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			points, most := counted(v)
			result.Score, result.Max = result.Score+points, result.Max+most
			result.Tests = append(result.Tests, classroom50Test{
				Name: named(e, v), Passed: outcome(v.Status) == "pass", Score: points, Max: most,
				Status: string(v.Status), Message: plain(v, x), File: v.File, Line: v.Line, Seconds: v.Seconds,
			})
		}
	}
	return result
}

// WriteClassroom50Outputs writes the two step outputs that Classroom 50 reads.
func (r *Report) WriteClassroom50Outputs(w io.Writer) error {
	status := map[judge.Status]string{judge.Pass: "success", judge.NotChecked: "success", judge.Error: "error"}[r.Status]
	if status == "" {
		status = "failure"
	}
	points, most := r.total()
	summary := fmt.Sprintf("%d of %d points", points, most)
	if r.Status == judge.Error {
		summary = "no score: the grader broke"
	}
	_, err := fmt.Fprintf(w, "status=%s\nsummary=%s\n", status, summary)
	return err
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
