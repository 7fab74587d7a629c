package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lockstep/grader/internal/judge"
)

// hostile is what a program prints that wants more than its points.
func hostile() *Report {
	lines := []string{
		"::notice title=Autograding complete::Points 100/100",
		"  ::set-output name=result::cGFzcw==",
		"\u2003::error::behind a wide space",
		"##[set-output name=result]cGFzcw==",
		"text ##[add-path]/tmp",
		"\x1b[2J\x1b]0;title\x07\r::stop-commands::x",
		"\xff\xfe\x00 no UTF-8",
		"]]> </system-out><testcase name=\"forged\"/>",
		"``` \n# a heading\n::error::of two lines",
		"<img src=x onerror=alert(1)> | a | table | @everyone",
		"%0A::error::escaped break",
		"\ufffe\uffff\u0085\u2028next",
		strings.Repeat("x", 5000),
	}
	return New([]judge.Result{{
		Exercise: "10-lost-updates", Title: "Lost | updates", Status: judge.Fail, Max: 3, Checks: []judge.Verdict{
			{Check: "prints", Status: judge.Fail, Max: 3, Seconds: 0.5, Message: "stdout: expected 1, seen ::error::2", Hint: "Read it again.",
				File: "tree/10-lost-updates/a,b:c.go", Line: 3,
				Evidence: []judge.Evidence{{Kind: judge.Ran, Lines: []string{"program 10"}}, {Kind: judge.Seen, Lines: lines}}},
		},
	}})
}

// cutOff is a call that its time limit ended: one check was judged.
func cutOff() *Report {
	return New([]judge.Result{
		{Exercise: "01-first-process", Title: "A first process", Status: judge.Error, Points: 2, Max: 5, Checks: []judge.Verdict{
			{Check: "prints", Status: judge.Pass, Points: 2, Max: 2},
			{Check: "joins", Status: judge.Error, Max: 3, Message: "the grader broke: the time limit of 10m0s for the whole call was reached"},
		}},
		{Exercise: "02-join-them-all", Title: "Join them all", Status: judge.Error, Max: 4, Checks: []judge.Verdict{
			{Check: "builds", Status: judge.Error, Message: "the grader broke: the time limit of 10m0s for the whole call was reached"},
			{Check: "ten squares", Status: judge.Error, Max: 4, Message: "the program was not built"},
		}},
	})
}

// reports are recorded facts; every format is written from each of them.
func reports() map[string]*Report {
	return map[string]*Report{
		"mixed": recorded(), "hostile": hostile(), "cut_off": cutOff(), "empty": New(nil),
		"passed": New([]judge.Result{{Exercise: "01-first-process", Title: "A first process", Status: judge.Pass, Points: 3, Max: 3, Seconds: 0.25, Checks: []judge.Verdict{
			{Check: "prints from a child", Status: judge.Pass, Points: 3, Max: 3, Seconds: 0.25},
		}}}),
	}
}

func handin() Handin {
	return Handin{
		Classroom: "os-2026", Assignment: "lockstep", Owner: "ada", Submission: "submit/2026-11-24T10-00-00Z-a1b2c3d",
		Commit: "https://github.example/os/ada/commit/a1b2c3d", Release: "https://github.example/os/ada/releases/tag/submit%2Fx",
		Submitted: time.Date(2026, 11, 24, 11, 0, 0, 0, time.FixedZone("CET", 3600)),
		Graded:    time.Date(2026, 11, 24, 10, 5, 0, 0, time.UTC),
	}
}

// formats are all formats that are files; schema is a JSON Schema of testdata.
var formats = []struct {
	name, extension, schema string
	write                   func(*Report, io.Writer) error
}{
	{"junit", "xml", "", func(r *Report, w io.Writer) error {
		return r.WriteJUnit(w, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	}},
	{"classroom", "txt", "", (*Report).WriteClassroom},
	{"annotations", "txt", "", func(r *Report, w io.Writer) error {
		return errors.Join(r.WriteNotices(w), r.WriteAnnotations(w))
	}},
	{"classroom50", "json", "classroom50-result-v1", func(r *Report, w io.Writer) error { return r.WriteClassroom50(w, handin()) }},
	{"classroom50_outputs", "txt", "", (*Report).WriteClassroom50Outputs},
	{"gradescope", "json", "gradescope-results", (*Report).WriteGradescope},
	{"lines", "txt", "", func(r *Report, w io.Writer) error { return r.WriteLines(w, "") }},
	{"exercism", "json", "exercism-results-v3", (*Report).WriteExercism},
	{"markdown", "md", "", (*Report).WriteMarkdown},
	{"body", "md", "", (*Report).WriteBody},
}

func TestFormats(t *testing.T) {
	for name, r := range reports() {
		for _, f := range formats {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				got := written(t, r, f.write)
				golden(t, filepath.Join("formats", name+"."+f.name+"."+f.extension), got)
				if !utf8.Valid(got) || bytes.ContainsFunc(got, func(c rune) bool { return c != '\n' && unicode.IsControl(c) }) {
					t.Error("holds control characters or is no UTF-8")
				}
				if f.schema != "" {
					validate(t, f.schema, got)
				}
			})
		}
	}
}

func written(t *testing.T, r *Report, write func(*Report, io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(r, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func validate(t *testing.T, schema string, text []byte) {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", schema+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Error(err)
	}
}

// TestClassroomResult reads the step output as the reporter does: decodes it,
// adds the scores up, and reads fields that it does not check for.
func TestClassroomResult(t *testing.T) {
	want := map[string]struct {
		status     string
		score, max int
	}{"mixed": {"error", 5, 24}, "hostile": {"fail", 0, 3}, "cut_off": {"error", 2, 9}, "empty": {"pass", 0, 0}, "passed": {"pass", 3, 3}}
	for name, r := range reports() {
		lines := map[string]string{}
		for line := range strings.Lines(string(written(t, r, (*Report).WriteClassroom))) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			lines[name] = value
		}
		sums := [2][2]int{} // of the one runner, and of those for each check: points, most
		add := func(to *[2]int, encoded string) string {
			text, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			validate(t, "classroom-result-v1", text)
			var result classroomResult
			if err := json.Unmarshal(text, &result); err != nil {
				t.Fatal(err)
			}
			to[1] += result.Max
			for _, test := range result.Tests {
				to[0] += test.Score
				noCommands(t, name, test.Message)
				noCommands(t, name, test.Name)
				noCommands(t, name, test.TestCode)
			}
			return result.Status
		}
		status := add(&sums[0], lines["result"])
		for runner := range strings.SplitSeq(lines["runners"], ",") {
			if runner != "" {
				add(&sums[1], lines[strings.ToUpper(runner)+"_RESULTS"])
			}
		}
		w := want[name]
		if status != w.status || lines["status"] != w.status || sums[0] != [2]int{w.score, w.max} || sums[1] != sums[0] {
			t.Errorf("%s: got %s %v, want %v", name, status, sums, w)
		}
	}
}

// noCommands wants no line that GitHub's runner takes for a workflow command: it
// trims leading white space and looks for ::NAME::, or for ##[NAME] anywhere.
func noCommands(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
		if strings.HasPrefix(trimmed, "::") || strings.Contains(line, "##[") {
			t.Errorf("%s: a workflow command: %q", name, line)
		}
	}
}

// TestLogsHoldNoCommands writes what a log may show.
func TestLogsHoldNoCommands(t *testing.T) {
	for name, r := range reports() {
		for _, ascii := range []bool{false, true} {
			noCommands(t, name, string(written(t, r, func(r *Report, w io.Writer) error { return r.WriteTerminal(w, Style{ASCII: ascii}) })))
		}
		for _, line := range strings.Split(strings.TrimSpace(string(written(t, r, formats[2].write))), "\n") {
			if line != "" && !regexp.MustCompile(`^::(error|warning|notice) `).MatchString(line) {
				t.Errorf("%s: not an annotation: %q", name, line)
			}
			noCommands(t, name, strings.TrimLeft(line, ":"))
		}
	}
}

func TestBracketed(t *testing.T) {
	var b bytes.Buffer
	err := Bracketed(&b, "f00", func(w io.Writer) error {
		_, err := io.WriteString(w, "::error::forged")
		return err
	})
	if want := "::stop-commands::f00\n::error::forged\n::f00::\n"; err != nil || b.String() != want {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

// TestMarkdownFences wants every line that a program printed inside a code block.
func TestMarkdownFences(t *testing.T) {
	text := string(written(t, hostile(), (*Report).WriteMarkdown))
	fence, inside := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !inside && strings.HasPrefix(line, "```"):
			fence, inside = line, true
		case inside && line == fence:
			inside = false
		case !inside && (strings.Contains(line, "::") || strings.Contains(line, "<img")):
			t.Errorf("outside of a code block: %q", line)
		}
	}
	if inside {
		t.Error("a code block is left open")
	}
}

// junitForm is what junit.xsd asks of a document of ours: the children of each
// element in their order, and the type of each attribute.
var junitForm = map[string]struct {
	children   string // a regular expression over the children's names, each behind a space
	attributes map[string]string
}{
	"testsuites": {`( testsuite)*`, nil},
	"testsuite": {` properties( testcase)* system-out system-err`, map[string]string{
		"name": `\S.*`, "timestamp": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`, "hostname": `\S+`, "tests": `\d+`, "failures": `\d+`,
		"errors": `\d+`, "skipped": `\d+`, "time": `\d+(\.\d+)?`, "package": `\S*`, "id": `\d+`,
	}},
	"properties": {`( property)*`, nil},
	"property":   {``, map[string]string{"name": `\S+`, "value": `.*`}},
	"testcase": {`( skipped| error| failure)?`, map[string]string{
		"name": `\S+( \S+)*`, "classname": `\S+`, "time": `\d+(\.\d+)?`,
	}},
	"skipped":    {``, map[string]string{"message": `.*`}},
	"error":      {``, map[string]string{"message": `.*`, "type": `.+`}},
	"failure":    {``, map[string]string{"message": `.*`, "type": `.+`}},
	"system-out": {``, nil},
	"system-err": {``, nil},
}

func TestJUnitForm(t *testing.T) {
	for name, r := range reports() {
		decoder := xml.NewDecoder(bytes.NewReader(written(t, r, formats[0].write)))
		var path, children []string
		for {
			tok, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				if n := len(children); n > 0 {
					children[n-1] += " " + tok.Name.Local
				}
				path, children = append(path, tok.Name.Local), append(children, "")
				form, ok := junitForm[tok.Name.Local]
				if !ok || len(tok.Attr) != len(form.attributes) {
					t.Fatalf("%s: element %s with %v", name, tok.Name.Local, tok.Attr)
				}
				for _, a := range tok.Attr {
					if want := form.attributes[a.Name.Local]; !regexp.MustCompile(`(?s)^(` + want + `)$`).MatchString(a.Value) {
						t.Errorf("%s: %s %s=%q, want %s", name, tok.Name.Local, a.Name.Local, a.Value, want)
					}
				}
			case xml.EndElement:
				n := len(path) - 1
				if want := junitForm[path[n]].children; !regexp.MustCompile(`^(` + want + `)$`).MatchString(children[n]) {
					t.Errorf("%s: %s holds%s, want %s", name, path[n], children[n], want)
				}
				path, children = path[:n], children[:n]
			}
		}
	}
}

// TestJUnitCounts wants each suite's counters to be those of its cases.
func TestJUnitCounts(t *testing.T) {
	for name, r := range reports() {
		var all junitSuites
		if err := xml.Unmarshal(written(t, r, formats[0].write), &all); err != nil {
			t.Fatal(err)
		}
		for _, s := range all.Suites {
			count := map[string]int{}
			for _, c := range s.Cases {
				count[strconv.FormatBool(c.Failure != nil)+strconv.FormatBool(c.Error != nil)+strconv.FormatBool(c.Skipped != nil)]++
			}
			if len(s.Cases) != s.Tests || count["truefalsefalse"] != s.Failures || count["falsetruefalse"] != s.Errors || count["falsefalsetrue"] != s.Skipped {
				t.Errorf("%s: %s counts %d %d %d %d, holds %v", name, s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, count)
			}
		}
	}
}

// TestSchemasRefuse keeps the schemas from accepting anything at all.
func TestSchemasRefuse(t *testing.T) {
	for schema, text := range map[string]string{
		"classroom-result-v1":   `{"version":1,"status":"pass","max_score":1}`,
		"gradescope-results":    `{"score":1,"tests":[{"name":"x","score":1,"max_score":1,"status":"pass"}]}`,
		"exercism-results-v3":   `{"version":3,"status":"error","tests":[]}`,
		"classroom50-result-v1": `{"schema":"classroom50/result/v1"}`,
	} {
		compiled, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", schema+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if compiled.Validate(value) == nil {
			t.Errorf("%s accepts %s", schema, text)
		}
	}
}

// TestSlowMachine wants every format to say that limits were stretched.
func TestSlowMachine(t *testing.T) {
	says := func(times float64) map[string]bool {
		r := New([]judge.Result{{Exercise: "10-lost-updates", Title: "Lost updates", Status: judge.Pass, Points: 3, Max: 3, Stretched: times, Checks: []judge.Verdict{
			{Check: "prints", Status: judge.Pass, Points: 3, Max: 3, Seconds: 0.5, Stretched: times},
		}}})
		told := map[string]bool{}
		for name, write := range map[string]func(io.Writer) error{
			"text":        func(w io.Writer) error { return r.WriteTerminal(w, Style{Width: 200}) },
			"json":        r.WriteJSON,
			"junit":       func(w io.Writer) error { return r.WriteJUnit(w, time.Time{}) },
			"classroom":   r.WriteClassroom,
			"classroom50": func(w io.Writer) error { return r.WriteClassroom50(w, handin()) },
			"gradescope":  r.WriteGradescope,
			"exercism":    r.WriteExercism,
			"markdown":    r.WriteMarkdown,
			"html":        r.WriteHTML,
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			text := b.String()
			if name == "classroom" {
				_, result, _ := strings.Cut(text, "result=")
				result, _, _ = strings.Cut(result, "\n")
				plain, err := base64.StdEncoding.DecodeString(result)
				if err != nil {
					t.Fatal(err)
				}
				text = string(plain)
			}
			told[name] = strings.Contains(text, "stretched")
		}
		return told
	}
	for name, told := range says(12) {
		if !told {
			t.Errorf("%s does not say it", name)
		}
	}
	for name, told := range says(0) {
		if told {
			t.Errorf("%s says it of a machine that is fast enough", name)
		}
	}
}
