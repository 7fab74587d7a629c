package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// student writes a tree with one exercise repaired, and returns the course too.
func student(t *testing.T) (tree, course string) {
	t.Helper()
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	tree = t.TempDir()
	repaired := readFile(t, filepath.Join(course, "solutions", "21-never-receives-back", "main.go"))
	writeFile(t, filepath.Join(tree, "exercises", "21-never-receives-back", "main.go"), repaired)
	return tree, course
}

func runTool(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said)
	}
	return string(said)
}

// TestClassroom50 publishes the autograder and starts it as Classroom 50's runner
// does: in the student's checkout, with its environment.
func TestClassroom50(t *testing.T) {
	tree, course := student(t)
	bundle := t.TempDir()
	runGrader(t, exitPassed, "publish", "--course", course, "--for", "classroom50", "--with-solutions", filepath.Join(bundle, "lockstep"))
	bundle = filepath.Join(bundle, "lockstep")
	writeFile(t, filepath.Join(bundle, "lockstep.json"), `{"repository": "", "ref": "", "exercises": ["21"]}`)
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A"},
		{"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", "handed in"},
	} {
		runTool(t, tree, []string{"GIT_COMMITTER_DATE=2026-11-24T11:00:00+01:00"}, "git", args...)
	}
	// What a student may have left where the results go.
	link(t, filepath.Join(course, "go.mod"), filepath.Join(tree, "result.json"))
	if err := os.MkdirAll(filepath.Join(tree, "release-body.md", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	outputs := filepath.Join(t.TempDir(), "outputs")
	environment := []string{
		"CLASSROOM=os-2026", "ASSIGNMENT=lockstep", "ASSIGNMENT_TYPE=individual", "USERNAME=ada", "OWNER=ada",
		"SUBMISSION_TAG=submit/2026-11-24T10-00-00Z-a1b2c3d", "COMMIT_URL=https://github.example/c", "RELEASE_URL=https://github.example/r",
		"REVIEW_URL=https://github.example/d", "GITHUB_OUTPUT=" + outputs,
	}
	runTool(t, tree, environment, "python3", filepath.Join(bundle, "autograder.py"))
	var result struct {
		Schema, Owner, Submission, Datetime string
		Score                               int
		Max                                 int `json:"max-score"`
		Tests                               []map[string]any
	}
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(tree, "result.json"))), &result); err != nil {
		t.Fatal(err)
	}
	if result.Schema != "classroom50/result/v1" || result.Owner != "ada" || result.Datetime != "2026-11-24T10:00:00Z" || result.Score < 1 || len(result.Tests) == 0 {
		t.Errorf("got %+v", result)
	}
	if body := readFile(t, filepath.Join(tree, "release-body.md")); !strings.Contains(body, "21-never-receives-back") {
		t.Errorf("release-body.md is %q", body)
	}
	if said := readFile(t, outputs); !strings.Contains(said, "summary=") || !strings.Contains(said, "status=") {
		t.Errorf("the step outputs are %q", said)
	}

	// Where grading is cut off there is no result, nor an old one, and no success.
	if err := os.Remove(filepath.Join(tree, "result.json")); err != nil {
		t.Fatal(err)
	}
	autograder := filepath.Join(bundle, "autograder.py")
	writeFile(t, autograder, strings.Replace(readFile(t, autograder), `DEADLINE = "11m"`, `DEADLINE = "1ms"`, 1))
	cmd := exec.Command("python3", autograder)
	cmd.Dir, cmd.Env = tree, append(os.Environ(), environment...)
	said, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("ends well when it was cut off:\n%s", said)
	}
	if _, err := os.Lstat(filepath.Join(tree, "result.json")); err == nil {
		t.Errorf("there is a result where grading was cut off:\n%s", said)
	}
}

// TestGradescope publishes the autograder and starts its harness as Gradescope
// does, in a folder that stands for /autograder.
func TestGradescope(t *testing.T) {
	tree, course := student(t)
	autograder, bin := t.TempDir(), t.TempDir()
	runGrader(t, exitPassed, "publish", "--course", course, "--for", "gradescope", filepath.Join(autograder, "source"))
	runTool(t, filepath.Join(autograder, "source", "course"), nil, "go", "build", "-o", filepath.Join(bin, "lockstep"), "./grader")
	if err := os.Rename(tree, filepath.Join(autograder, "submission")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(autograder, "results"), 0o755); err != nil {
		t.Fatal(err)
	}
	runTool(t, autograder, []string{"AUTOGRADER=" + autograder, "EXERCISES=21", "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")},
		"bash", filepath.Join(autograder, "source", "run_autograder"))
	var result struct {
		Score *int
		Tests []map[string]any
	}
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(autograder, "results", "results.json"))), &result); err != nil {
		t.Fatal(err)
	}
	if result.Score == nil || *result.Score < 1 || len(result.Tests) == 0 {
		t.Errorf("got %+v", result)
	}

	// Cut off, it ends as an error and leaves nothing that could be taken for a score.
	cmd := exec.Command("bash", filepath.Join(autograder, "source", "run_autograder"))
	cmd.Env = append(os.Environ(), "AUTOGRADER="+autograder, "EXERCISES=21", "DEADLINE=1ms", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "this is no score") {
		t.Errorf("cut off, it ends with %v:\n%s", err, said)
	}
	if _, err := os.Lstat(filepath.Join(autograder, "results", "results.json")); err == nil {
		t.Errorf("there is a result where grading was cut off:\n%s", said)
	}
	runTool(t, autograder, nil, "bash", "-n", filepath.Join(autograder, "source", "setup.sh"))
}
