package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
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
}

// WriteClassroom writes one line for the file that $GITHUB_OUTPUT names: the step
// output `result`, base64 of JSON, with one test per check so that partial credit
// shows. Of several such lines GitHub takes the last.
func (r *Report) WriteClassroom(w io.Writer) error {
	result := classroomResult{Version: 1, Status: outcome(r.Status), Tests: []classroomTest{}}
	_, result.Max = r.total()
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			points, _ := counted(v)
			result.Tests = append(result.Tests, classroomTest{
				Name: named(e, v), Status: outcome(v.Status), Score: points, Message: plain(v),
				TestCode: ran(v), Filename: Escape(v.File, maxPlainRunes), Line: v.Line, Time: seconds(v.Seconds) + "s",
			})
		}
	}
	text, err := compact(result)
	if err != nil {
		return fmt.Errorf("cannot write the classroom's result: %w", err)
	}
	_, err = fmt.Fprintf(w, "result=%s\n", base64.StdEncoding.EncodeToString(text))
	return err
}

// WriteClassroomStatus writes the step output `status`: pass, fail or error. The
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

// WriteAnnotations writes GitHub's workflow commands that mark the student's
// lines. Root is the submission's folder, from which the student's repository
// counts its paths.
func (r *Report) WriteAnnotations(w io.Writer, root string) error {
	var b strings.Builder
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			level := map[judge.Status]string{judge.Fail: "error", judge.Error: "error", judge.NotChecked: "warning"}[v.Status]
			if level == "" {
				continue
			}
			properties := "title=" + property(named(e, v))
			if v.File != "" {
				properties = fmt.Sprintf("file=%s,line=%d,%s", property(below(root, v.File)), max(v.Line, 1), properties)
			}
			fmt.Fprintf(&b, "::%s %s::%s\n", level, properties, data(plain(v)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// below is a file's path as it is called inside root.
func below(root, file string) string {
	rel, err := filepath.Rel(root, file)
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(file)
	}
	return path.Clean(filepath.ToSlash(rel))
}

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
