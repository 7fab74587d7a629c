package delivery

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
)

var errBroke = errors.New("no room on the disk")

// tasks are two exercises of one check each.
func tasks() []grading.Task {
	var all []grading.Task
	for _, id := range []string{"01-first", "02-second"} {
		e := &exercise.Exercise{ID: id, Title: id, Topic: "t", Points: 2, Checks: []exercise.Check{{Name: "c", Points: 2}}}
		all = append(all, grading.Task{Key: id, Job: plan.Job{Exercise: e}})
	}
	return all
}

func passed(id string) judge.Result {
	return judge.Result{Exercise: id, Status: judge.Pass, Points: 2, Max: 2, Checks: []judge.Verdict{{Check: "c", Status: judge.Pass, Points: 2, Max: 2}}}
}

// here is a CI system's environment.
func here(t *testing.T) (outputs string) {
	t.Helper()
	outputs = filepath.Join(t.TempDir(), "outputs")
	for name, value := range map[string]string{
		"CLASSROOM": "os", "ASSIGNMENT": "one", "OWNER": "ada", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "c", "RELEASE_URL": "r",
		"GITHUB_OUTPUT": outputs, "GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": "", "GITHUB_ENV": "",
	} {
		t.Setenv(name, value)
	}
	return outputs
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

// TestABrokenGraderIsNoScore has the grader break, at the end or before anything is
// graded, and wants every form to say so in its own words, and those that have no word
// for it to leave nothing, nor what an earlier call left.
func TestABrokenGraderIsNoScore(t *testing.T) {
	for format, word := range map[string]string{ // "": no result may be left
		"json":        `"status": "error"`,
		"junit":       "<error message=",
		"lines":       ": error: ",
		"exercism":    `"status": "error"`,
		"classroom":   "status=error\n",
		"classroom50": "",
		"gradescope":  "",
	} {
		for _, toFile := range []bool{false, true} {
			outputs := here(t)
			w := Wishes{Format: format}
			if toFile {
				w.Out = filepath.Join(t.TempDir(), "result")
				if err := os.WriteFile(w.Out, []byte(`{"score": 8}`), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs bytes.Buffer
			d, err := New(w, &out, &errs)
			if err != nil {
				t.Fatal(err)
			}
			said := func() string {
				switch {
				case format == "classroom":
					return read(t, outputs)
				case toFile:
					return read(t, w.Out)
				}
				return out.String()
			}
			if err := d.Begin(tasks(), true); err != nil {
				t.Fatal(err)
			}
			if early := said(); (toFile || format == "classroom") && (word == "" && early != "" || !strings.Contains(early, word)) {
				t.Errorf("%s: a call that is killed leaves %q", format, early)
			}
			d.Result(0, passed("01-first"))
			r, err := d.End([]judge.Result{passed("01-first"), grading.Broken(tasks()[1:], errBroke)[0]}, errBroke)
			if !errors.Is(err, errBroke) || r.Status != judge.Error {
				t.Errorf("%s: ends with %v, %v", format, r.Status, err)
			}
			switch {
			case word == "" && said() != "":
				t.Errorf("%s: a result is left: %s", format, said())
			case word == "" && !strings.Contains(errs.String(), "no word for a grader that broke"):
				t.Errorf("%s: nobody is told why there is no result: %s", format, &errs)
			case !strings.Contains(said(), word):
				t.Errorf("%s: does not say %q: %s", format, word, said())
			}
		}
	}
}

// GitHub's own tools learn of the points by the log, the autograding actions by outputs
// and variables, and each is written once: GitHub bounds how much there is.
func TestClassroomInActions(t *testing.T) {
	outputs, variables := here(t), filepath.Join(t.TempDir(), "variables")
	t.Setenv("GITHUB_ENV", variables)
	t.Setenv("GITHUB_ACTIONS", "true")
	var out bytes.Buffer
	d, err := New(Wishes{Format: "classroom"}, &out, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Begin(tasks(), true); err != nil {
		t.Fatal(err)
	}
	failed := passed("02-second")
	failed.Status, failed.Points, failed.Checks[0].Status, failed.Checks[0].Points = judge.Fail, 0, judge.Fail, 0
	d.Result(0, passed("01-first"))
	d.Result(1, failed)
	if said := read(t, outputs); said != "status=error\n" {
		t.Errorf("a call that is killed leaves %q", said)
	}
	if _, err := d.End([]judge.Result{passed("01-first"), failed}, nil); err != nil {
		t.Fatal(err)
	}
	const notices = "::notice title=Autograding complete::Points 2/4\n::notice title=Autograding report::{\"totalPoints\":2,\"maxPoints\":4}\n::error title=02-second%3A c::\n::stop-commands::"
	if !strings.HasPrefix(out.String(), notices) {
		t.Errorf("the log is\n%s", &out)
	}
	if said := read(t, outputs); !strings.HasPrefix(said, "status=error\nstatus=fail\nrunners=r0,r1\nresult=") || strings.Count(said, "\n") != 4 {
		t.Errorf("the outputs are\n%s", said)
	}
	if said := read(t, variables); !strings.HasPrefix(said, "R0_RESULTS=") || !strings.Contains(said, "\nR1_RESULTS=") || strings.Count(said, "\n") != 2 {
		t.Errorf("the variables are\n%s", said)
	}
}

// What was graded before a call is killed stands in the file, the rest as errors.
func TestSoFar(t *testing.T) {
	here(t)
	w := Wishes{Format: "json", Out: filepath.Join(t.TempDir(), "result")}
	d, err := New(w, &bytes.Buffer{}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	d.Seed = 7
	if err := d.Begin(tasks(), true); err != nil {
		t.Fatal(err)
	}
	d.Result(0, passed("01-first"))
	var r report.Report
	if err := json.Unmarshal([]byte(read(t, w.Out)), &r); err != nil {
		t.Fatal(err)
	}
	if r.Seed != 7 || r.Status != judge.Error || r.Exercises[0].Status != judge.Pass || r.Exercises[1].Status != judge.Error ||
		!strings.Contains(r.Exercises[1].Checks[0].Message, errCutOff.Error()) {
		t.Errorf("got %+v", r)
	}
}

// A person is shown results as they come, and not a report where there is none.
func TestPerson(t *testing.T) {
	here(t)
	for _, why := range []error{nil, errBroke} {
		var out, errs bytes.Buffer
		d, err := New(Wishes{Format: "text"}, &out, &errs)
		if err != nil || !d.Personal() {
			t.Fatal(err)
		}
		if err := d.Begin(tasks(), false); err != nil {
			t.Fatal(err)
		}
		d.Result(0, passed("01-first"))
		if !strings.Contains(out.String(), "01-first") || !strings.Contains(errs.String(), "1 of 2  01-first: pass, 2 of 2 points") {
			t.Errorf("is shown %q and %q", &out, &errs)
		}
		_, err = d.End([]judge.Result{passed("01-first"), passed("02-second")}, why)
		if err != why || strings.Contains(out.String(), "02-second") != (why == nil) {
			t.Errorf("ends with %v, and shows\n%s", err, &out)
		}
	}
}

// Of a whole course, a person reads the checks of the first exercise that fails and of
// those that the grader broke on, or of all that fail, and a line for each.
func TestWholeCourse(t *testing.T) {
	here(t)
	result := func(id, check string, s judge.Status) judge.Result {
		return judge.Result{Exercise: id, Status: s, Max: 2, Checks: []judge.Verdict{{Check: check, Status: s, Max: 2}}}
	}
	results := []judge.Result{
		result("01-a", "check of 1", judge.Pass), result("02-b", "check of 2", judge.Fail),
		result("03-c", "check of 3", judge.Fail), result("04-d", "check of 4", judge.Error), result("05-e", "check of 5", judge.Fail),
	}
	var all []grading.Task
	for _, r := range results {
		e := &exercise.Exercise{ID: r.Exercise, Title: r.Exercise, Points: 2, Checks: []exercise.Check{{Name: r.Checks[0].Check, Points: 2}}}
		all = append(all, grading.Task{Key: r.Exercise, Job: plan.Job{Exercise: e}})
	}
	for full, shows := range map[bool]string{false: "24", true: "2345"} {
		var out bytes.Buffer
		d, err := New(Wishes{Format: "text", All: full}, &out, &bytes.Buffer{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Begin(all, true); err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			d.Result(i, r)
		}
		if _, err := d.End(results, nil); err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			n := r.Exercise[1:2]
			if strings.Contains(out.String(), "check of "+n) != strings.Contains(shows, n) || !strings.Contains(out.String(), r.Exercise) {
				t.Errorf("all %v: %s is told wrongly in\n%s", full, r.Exercise, &out)
			}
		}
		if strings.Contains(out.String(), "were marked") {
			t.Errorf("all %v: it was not stopped:\n%s", full, &out)
		}
		if more := strings.Contains(out.String(), "the 2 others that fail, in full: make grade ALL=1"); more == full {
			t.Errorf("all %v: how to see all:\n%s", full, &out)
		}
	}
}

// Whoever stops a whole course's grading reads what was marked until then.
func TestStopped(t *testing.T) {
	here(t)
	var out bytes.Buffer
	d, err := New(Wishes{Format: "text"}, &out, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Begin(tasks(), true); err != nil {
		t.Fatal(err)
	}
	d.Result(0, passed("01-first"))
	if _, err := d.End(make([]judge.Result, 2), errBroke); err != errBroke {
		t.Errorf("ends with %v", err)
	}
	if s := out.String(); !strings.Contains(s, "✓ 01-first") || !strings.Contains(s, "1 of 2 exercises were marked; the others: make grade") || strings.Contains(s, "02-second") {
		t.Errorf("shows\n%s", s)
	}
}
