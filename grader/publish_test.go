package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestWorkflowSteps publishes the students' repository and takes a submission
// through the commands of its own workflow: what a push sets off, without GitHub.
func TestWorkflowSteps(t *testing.T) {
	workspace, temp := t.TempDir(), t.TempDir()
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	runGrader(t, exitPassed, "publish", "--course", course, filepath.Join(workspace, "submission"))
	link(t, course, filepath.Join(workspace, "course"))
	// The student repairs one exercise.
	repaired := readFile(t, filepath.Join(course, "solutions", "21-never-receives-back", "main.go"))
	writeFile(t, filepath.Join(workspace, "submission", "exercises", "21-never-receives-back", "main.go"), repaired)

	var workflow struct {
		Name string
		Jobs map[string]struct {
			Steps []struct {
				Name, ID, If, Run, Uses string
				Directory               string `yaml:"working-directory"`
				Env                     map[string]string
				With                    map[string]string
			}
		}
	}
	text := readFile(t, filepath.Join(workspace, "submission", ".github", "workflows", "classroom.yml"))
	if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
		t.Fatal(err)
	}
	job, ok := workflow.Jobs["run-autograding-tests"]
	if !ok || workflow.Name != "Autograding Tests" || len(workflow.Jobs) != 1 {
		t.Fatalf("the reporter finds no such workflow: %s, %d jobs", workflow.Name, len(workflow.Jobs))
	}
	outputs, log, graded := filepath.Join(temp, "outputs"), "", false
	for _, step := range job.Steps {
		if step.Run == "" || step.If != "" {
			continue
		}
		run := step.Run
		if step.ID == "lockstep" {
			run, graded = run+" 02 21", true // two exercises will do
		}
		cmd := exec.Command("bash", "-eo", "pipefail", "-c", run)
		cmd.Dir = filepath.Join(workspace, step.Directory)
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary.md"))
		said, err := cmd.CombinedOutput()
		log += string(said)
		if err != nil && step.ID != "lockstep" {
			t.Fatalf("%s: %v\n%s", step.Name, err, said)
		}
	}
	last := job.Steps[len(job.Steps)-1]
	if !graded || last.Uses != "classroom-resources/autograding-grading-reporter@v1" || last.With["runners"] != "lockstep" || last.Env["LOCKSTEP_RESULTS"] != "${{ steps.lockstep.outputs.result }}" {
		t.Errorf("the last step does not report: %+v", last)
	}
	points, most := lastResult(t, readFile(t, outputs))
	if points < 1 || points >= most {
		t.Errorf("one repaired and one broken exercise get %d of %d points\n%s", points, most, log)
	}
	obeysNothing(t, log)
	if !strings.Contains(log, "::error file=exercises/02-join-them-all/main.go") && !strings.Contains(log, "::error title=02-join-them-all") {
		t.Errorf("nothing is annotated:\n%s", log)
	}
	if summary := readFile(t, filepath.Join(temp, "summary.md")); !strings.Contains(summary, "02-join-them-all") {
		t.Errorf("the job summary is %q", summary)
	}
}
