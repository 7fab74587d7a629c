package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// step is one of a workflow's.
type step struct {
	Name, If, Run, Uses string
	Directory           string `yaml:"working-directory"`
	Env, With           map[string]string
}

// readWorkflow reads the steps that GitHub takes in a students' repository.
func readWorkflow(t *testing.T, repository string) (steps []step) {
	t.Helper()
	var workflow struct {
		Name string
		Jobs map[string]struct{ Steps []step }
	}
	text := readFile(t, filepath.Join(repository, ".github", "workflows", "classroom.yml"))
	if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
		t.Fatal(err)
	}
	job, ok := workflow.Jobs["run-autograding-tests"]
	if !ok || workflow.Name != "Autograding Tests" || len(workflow.Jobs) != 1 {
		t.Fatalf("the reporter finds no such workflow: %s, %d jobs", workflow.Name, len(workflow.Jobs))
	}
	return job.Steps
}

// TestWorkflowSteps publishes the students' repository and takes a submission
// through the commands of its own workflow: what a push sets off, without GitHub.
func TestWorkflowSteps(t *testing.T) {
	workspace, temp := t.TempDir(), t.TempDir()
	course := partOf(t, "grader", "exercises/02-join-them-all", "exercises/21-never-receives-back", "solutions/02-join-them-all", "solutions/21-never-receives-back")
	runGrader(t, exitPassed, "publish", "--course", course, filepath.Join(workspace, "submission"))
	link(t, course, filepath.Join(workspace, "course"))
	// The student repairs one exercise.
	repaired := readFile(t, filepath.Join(course, "solutions", "21-never-receives-back", "main.go"))
	writeFile(t, filepath.Join(workspace, "submission", "exercises", "21-never-receives-back", "main.go"), repaired)

	steps := readWorkflow(t, filepath.Join(workspace, "submission"))
	outputs, log, graded := filepath.Join(temp, "outputs"), "", 0
	for _, step := range steps {
		if step.Run == "" || step.If != "" {
			continue
		}
		again := 1
		if step.Name == "Grade" {
			again = 2 // as they are, and then unchanged
		}
		for range again {
			cmd := exec.Command("bash", "-eo", "pipefail", "-c", step.Run)
			cmd.Dir = filepath.Join(workspace, step.Directory)
			cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary.md"))
			for name, value := range step.Env {
				cmd.Env = append(cmd.Env, name+"="+strings.ReplaceAll(value, "${{ runner.temp }}", temp))
			}
			said, err := cmd.CombinedOutput()
			log = string(said)
			if step.Name == "Grade" {
				if graded++; cmd.ProcessState.ExitCode() != exitFailed {
					t.Errorf("the job does not end as graders do: %v\n%s", err, said)
				}
				if unchanged := strings.Contains(log, "unchanged"); unchanged != (graded == 2) {
					t.Errorf("the %d. time, verdicts are taken again: %v\n%s", graded, unchanged, said)
				}
			} else if err != nil {
				t.Fatalf("%s: %v\n%s", step.Name, err, said)
			}
		}
	}
	points, most := lastResult(t, readFile(t, outputs))
	if graded != 2 || points < 1 || points >= most {
		t.Errorf("one repaired and one broken exercise get %d of %d points\n%s", points, most, log)
	}
	if notice := fmt.Sprintf("::notice title=Autograding complete::Points %d/%d\n::notice title=Autograding report::{\"totalPoints\":%d,\"maxPoints\":%d}\n", points, most, points, most); !strings.Contains(log, notice) {
		t.Errorf("nobody is told of %s in\n%s", notice, log)
	}
	obeysNothing(t, log)
	if !strings.Contains(log, "::notice title=Not begun::as the course ships them: 02-join-them-all\n") {
		t.Errorf("the starter is not told to be one:\n%s", log)
	}
	if summary := readFile(t, filepath.Join(temp, "summary.md")); !strings.Contains(summary, "02-join-them-all") {
		t.Errorf("the job summary is %q", summary)
	}
}
