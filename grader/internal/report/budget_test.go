package report

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lockstep/grader/internal/judge"
)

// noisy is a course of n exercises of five checks, of which each fails but for the first:
// one with a word, the others with all that a program can print, in characters that JSON
// and base64 make more of.
func noisy(n int) *Report {
	lines := make([]string, maxPlainLines+1)
	for i := range lines {
		lines[i] = fmt.Sprintf("%03d \"\\\"\x1b[31m<é> ::error::%s", i, strings.Repeat("ü", 300))
	}
	var results []judge.Result
	for i := range n {
		r := judge.Result{Exercise: fmt.Sprintf("%02d-noisy", i), Title: "Noisy", Status: judge.Fail, Points: 4, Max: 20}
		for k := range 5 {
			v := judge.Verdict{
				Check: fmt.Sprintf("check %d", k), Status: judge.Fail, Max: 4, Message: "stdout differs from what is expected",
				File: r.Exercise + "/main.go", Line: 7, Replay: fmt.Sprintf("make replay EX=%02d SCHEDULE=0:4", i), Hint: "Read it again.",
				Evidence: []judge.Evidence{{Kind: judge.Ran, Lines: []string{"program 10"}}, {Kind: judge.Seen, Lines: lines}, {Kind: judge.Printed, Lines: lines}},
			}
			switch k {
			case 0:
				v = judge.Verdict{Check: v.Check, Status: judge.Pass, Points: 4, Max: 4}
			case 1:
				v.Message, v.Evidence = "a word", nil
			}
			r.Checks = append(r.Checks, v)
		}
		results = append(results, r)
	}
	return New(results)
}

// TestBudgets writes every form of more and more that is told: nothing gets larger than its
// service takes, nothing that fits is cut, and what is cut is cut alike.
func TestBudgets(t *testing.T) {
	began := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, form := range []struct {
		name   string
		budget int
		write  func(*Report, io.Writer) error
	}{
		{"classroom outputs", 100 << 10, (*Report).WriteClassroomOutputs},
		{"classroom variables", 100 << 10, (*Report).WriteClassroomVariables},
		{"body", 120_000, (*Report).WriteBody},
		{"summary", 1 << 20, (*Report).WriteMarkdown},
		{"classroom50", 1 << 20, func(r *Report, w io.Writer) error { return r.WriteClassroom50(w, handin()) }},
		{"gradescope", 1 << 20, (*Report).WriteGradescope},
		{"exercism", 1 << 20, (*Report).WriteExercism},
		{"junit", 1 << 20, func(r *Report, w io.Writer) error { return r.WriteJUnit(w, began) }},
	} {
		t.Run(form.name, func(t *testing.T) {
			full := form.budget / (3 * maxPlainBytes)
			for _, n := range []int{1, full + 2} {
				var b bytes.Buffer
				if err := form.write(noisy(n), &b); err != nil {
					t.Fatal(err)
				}
				text := decoded(b.String())
				if b.Len() > form.budget || n > full && b.Len() < form.budget*2/3 {
					t.Errorf("%d exercises: %d bytes of %d", n, b.Len(), form.budget)
				}
				if !utf8.ValidString(text) {
					t.Errorf("%d exercises: cut within a character", n)
				}
				if !strings.Contains(text, "… more ") {
					t.Errorf("%d exercises: what is left out is not said to be", n)
				}
				if strings.Count(text, "a word") < n || strings.Count(text, "replay: make replay") < 4*n {
					t.Errorf("%d exercises: what is short is cut", n)
				}
			}
		})
	}
}

// TestTooManyChecks wants an error where not even the points have room.
func TestTooManyChecks(t *testing.T) {
	r := noisy(400)
	for _, e := range r.Exercises {
		for i := range e.Checks {
			e.Checks[i].Evidence = nil
		}
	}
	if err := r.WriteClassroomVariables(io.Discard); !errors.Is(err, errBudget) {
		t.Errorf("got %v", err)
	}
}

// decoded is a text with what is base64 in it read.
func decoded(text string) string {
	return regexp.MustCompile(`(?m)^(result|R[0-9]+_RESULTS)=(.*)$`).ReplaceAllStringFunc(text, func(line string) string {
		name, encoded, _ := strings.Cut(line, "=")
		plain, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return line
		}
		return name + "=" + string(plain)
	})
}

// TestFairShare wants what is cut of long texts to leave as much of each.
func TestFairShare(t *testing.T) {
	text := string(written(t, noisy(60), (*Report).WriteBody))
	blocks := regexp.MustCompile("(?s)```\n(.*?)```").FindAllStringSubmatch(text, -1)
	least, most := 1<<20, 0
	for _, block := range blocks {
		if strings.Contains(block[1], "… more ") {
			least, most = min(least, len(block[1])), max(most, len(block[1]))
		}
	}
	if len(blocks) != 240 || most == 0 || most-least > 8 {
		t.Errorf("%d blocks, from %d to %d bytes", len(blocks), least, most)
	}
}

// TestPlain cuts one verdict more and more: first goes what it rests on, and what is
// left is never longer than was asked.
func TestPlain(t *testing.T) {
	v := noisy(1).Exercises[0].Checks[2]
	whole := plain(v, extent{bytes: 1 << 20, more: inTheLog})
	if strings.Contains(whole, "more in the log") || !strings.HasSuffix(whole, "replay: make replay EX=00 SCHEDULE=0:4\nhint: Read it again.") {
		t.Errorf("got\n%s", whole)
	}
	told := map[*judge.Evidence]string{}
	for most := 0; most < len(whole); most += 7 {
		text := plain(v, extent{most, inTheLog, told})
		if len(text) > most {
			t.Fatalf("%d bytes, %d were asked for:\n%s", len(text), most, text)
		}
		if most > 200 && (!strings.Contains(text, "… more in the log\nreplay: make replay") || !strings.HasSuffix(text, "hint: Read it again.")) {
			t.Fatalf("%d bytes:\n%s", most, text)
		}
	}
}

// TestAnnotations wants no more of them than GitHub keeps, at the lines of programs that
// the student changed.
func TestAnnotations(t *testing.T) {
	for name, test := range map[string]struct {
		changed, untouched, errors, notices int
		more                                string
	}{
		"nothing wrong":           {0, 0, 0, 0, ""},
		"nothing begun":           {0, 26, 0, 1, ""},
		"one changed":             {1, 25, 4, 1, ""},
		"two changed":             {2, 0, 8, 0, ""},
		"three changed":           {3, 0, 7, 1, "5 more checks"},
		"all changed":             {26, 0, 7, 1, "97 more checks"},
		"all changed, some begun": {20, 6, 6, 2, "74 more checks"},
	} {
		t.Run(name, func(t *testing.T) {
			r := noisy(test.changed + test.untouched)
			for i := range test.untouched {
				r.Exercises[i].Untouched = true
			}
			text := string(written(t, r, (*Report).WriteAnnotations))
			if e, n := strings.Count(text, "::error "), strings.Count(text, "::notice "); e != test.errors || n != test.notices {
				t.Errorf("%d errors and %d notices:\n%.2000s", e, n, text)
			}
			if !strings.Contains(text, test.more) {
				t.Errorf("does not say %q", test.more)
			}
			seen := map[string]bool{}
			for _, m := range regexp.MustCompile(`(?m)^::error file=([^,]*),line=7,`).FindAllStringSubmatch(text, -1) {
				if at := m[1]; test.changed >= test.errors && seen[at] || at < fmt.Sprintf("%02d", test.untouched) {
					t.Errorf("%s is told out of its turn", at)
				}
				seen[m[1]] = true
			}
		})
	}
}

// TestReporter hands results to GitHub Classroom's own reporter: its table, its notice
// and ours say the same, whatever programs printed.
func TestReporter(t *testing.T) {
	reporter := os.Getenv("LOCKSTEP_REPORTER")
	if reporter == "" {
		t.Skip("LOCKSTEP_REPORTER names no dist/main.js of classroom-resources/autograding-grading-reporter, tag v1")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node here")
	}
	for name, r := range map[string]*Report{"mixed": recorded(), "hostile": hostile(), "noisy": noisy(26), "very noisy": noisy(60)} {
		if r.Status == judge.Error { // no reporter is called then
			r = New(slices.DeleteFunc(r.Exercises, func(e judge.Result) bool { return e.Status == judge.Error }))
		}
		points, most := r.total()
		cmd := exec.Command(node, reporter)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		for line := range strings.Lines(string(written(t, r, (*Report).WriteClassroomVariables))) {
			cmd.Env = append(cmd.Env, strings.TrimSpace(line))
		}
		_, runners, _ := strings.Cut(string(written(t, r, (*Report).WriteClassroomOutputs)), "runners=")
		runners, _, _ = strings.Cut(runners, "\n")
		cmd.Env = append(cmd.Env, "INPUT_RUNNERS="+runners)
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState.ExitCode() != 1 {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		text := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(string(out), "")
		var ours bytes.Buffer
		if err := r.WriteNotices(&ours); err != nil {
			t.Fatal(err)
		}
		total := regexp.MustCompile(`Total: +│ ([0-9.]+) +│ ([0-9.]+)`).FindStringSubmatch(text)
		if total == nil || total[1] != fmt.Sprint(points) || total[2] != fmt.Sprint(most) {
			t.Errorf("%s: the table says %q, want %d of %d\n%.3000s", name, total, points, most, text)
		}
		for line := range strings.Lines(ours.String()) {
			if !strings.Contains(text, line) {
				t.Errorf("%s: the reporter does not say %q", name, line)
			}
		}
	}
}

// TestClassroom50Validator hands results to Classroom 50's own runner's validator, which
// decides whether a submission is counted at all.
func TestClassroom50Validator(t *testing.T) {
	runner := os.Getenv("LOCKSTEP_CLASSROOM50")
	if runner == "" {
		t.Skip("LOCKSTEP_CLASSROOM50 names no runner.py of foundation50/classroom50")
	}
	const ask = `import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("runner", sys.argv[1])
runner = importlib.util.module_from_spec(spec)
spec.loader.exec_module(runner)
sys.exit(runner.validate_result(json.load(sys.stdin), classroom="os-2026", assignment="lockstep", owner="ada", expected_type=sys.argv[2]))`
	for _, kind := range []string{"individual", "group", "team"} {
		for name, r := range map[string]*Report{"mixed": recorded(), "hostile": hostile(), "empty": New(nil), "very noisy": noisy(200)} {
			h := handin()
			h.Type = kind
			cmd := exec.Command("python3", "-c", ask, runner, kind)
			cmd.Stdin = bytes.NewReader(written(t, r, func(r *Report, w io.Writer) error { return r.WriteClassroom50(w, h) }))
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s, %s: %v: %s", name, kind, err, said)
			}
		}
	}
}
