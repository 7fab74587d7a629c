package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lockstep/grader/internal/judge"
)

// classroomResult is what GitHub Classroom's autograding actions hand on, as
// classroom-resources/autograding-grading-reporter reads it. Every field is
// always there: that reporter prints NaN or throws where one is missing.
type classroomResult struct {
	Version int             `json:"version"`
	Status  string          `json:"status"`
	Max     int             `json:"max_score"`
	Tests   []classroomTest `json:"tests"`
}

type classroomTest struct {
	Name     string `json:"name"`
	Status   string `json:"status"`
	Score    int    `json:"score"`
	Message  string `json:"message"`
	TestCode string `json:"test_code"`
	Filename string `json:"filename"`
	Line     int    `json:"line_no"`
	Time     string `json:"execution_time"`

	most   int
	status judge.Status
}

// result is that of a runner, encoded: of one check, or of all.
func result(status judge.Status, tests ...classroomTest) (string, error) {
	all := classroomResult{Version: 1, Status: outcome(status), Tests: append([]classroomTest{}, tests...)}
	for _, t := range tests {
		all.Max += t.most
	}
	text, err := compact(all)
	return base64.StdEncoding.EncodeToString(text), err
}

// tests are all checks as the actions' tests.
func (r *Report) tests(x extent) []classroomTest {
	var tests []classroomTest
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			points, most := counted(v)
			tests = append(tests, classroomTest{
				Name: named(e, v), Status: outcome(v.Status), Score: points, Message: plain(v, x),
				TestCode: ran(v), Filename: Escape(v.File, maxPlainRunes), Line: v.Line, Time: seconds(v.Seconds) + "s", most: most, status: v.Status,
			})
		}
	}
	return tests
}

// WriteClassroomOutputs writes the step's outputs, for the file that $GITHUB_OUTPUT names:
// the status, the names of the runners, of which there is one for each check, and the
// result of all checks as that of one runner, whose points are right in the reporter's
// notice and not in its table: that counts tests. Of several lines of one name GitHub
// takes the last.
func (r *Report) WriteClassroomOutputs(w io.Writer) error {
	var names []string
	for i := range r.tests(extent{}) {
		names = append(names, fmt.Sprintf("r%d", i))
	}
	return within(w, classroomBudget, inTheLog, func(x extent) ([]byte, error) {
		all, err := result(r.Status, r.tests(x)...)
		return fmt.Appendf(nil, "status=%s\nrunners=%s\nresult=%s\n", outcome(r.Status), strings.Join(names, ","), all), err
	})
}

// WriteClassroomVariables writes a variable for each runner, for the file that
// $GITHUB_ENV names: where the reporter looks for it.
func (r *Report) WriteClassroomVariables(w io.Writer) error {
	return within(w, classroomBudget, inTheLog, func(x extent) ([]byte, error) {
		var b bytes.Buffer
		for i, t := range r.tests(x) {
			one, err := result(t.status, t)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "R%d_RESULTS=%s\n", i, one)
		}
		return b.Bytes(), nil
	})
}

// WriteClassroom writes both: what the autograding actions hand on.
func (r *Report) WriteClassroom(w io.Writer) error {
	return errors.Join(r.WriteClassroomOutputs(w), r.WriteClassroomVariables(w))
}

// WriteClassroomStatus writes the step output `status` alone: pass, fail or error. The
// reporter makes points of any result, so that a workflow must not call it when the
// grader broke.
func (r *Report) WriteClassroomStatus(w io.Writer) error {
	_, err := fmt.Fprintf(w, "status=%s\n", outcome(r.Status))
	return err
}

// compact is JSON on one line, with <, > and & as they are.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }

// data and property escape what stands in a workflow command; without it a line
// break would begin a command of its own.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}

// Bracketed has text written to a log of GitHub Actions so that nothing in it is
// taken for a workflow command, whatever a student's program printed. The token
// ends the bracket: it must be random, and nobody's program may have seen it.
func Bracketed(w io.Writer, token string, text func(io.Writer) error) error {
	if _, err := fmt.Fprintf(w, "::stop-commands::%s\n", token); err != nil {
		return err
	}
	if err := text(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n::%s::\n", token)
	return err
}
