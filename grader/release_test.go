package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestRelease makes a release of a small course, whose graders are told and not compiled,
// and has the students' workflow in it take one: as it was pinned, or none.
func TestRelease(t *testing.T) {
	course, git := publishable(t)
	for _, name := range []string{".ci/release", "grader/internal/publish/template/graders"} {
		writeFile(t, filepath.Join(course, name), readFile(t, filepath.Join("..", name)))
	}
	writeFile(t, filepath.Join(course, "CHANGELOG.md"), "# Changes\n\n## v2 (today)\n\n- This.\n\n## v1\n\n- That.\n")
	git("add", "-A")
	git("commit", "-q", "-m", "A release")
	git("tag", "v2")
	bin := t.TempDir()
	tool := func(name, text string) string {
		writeFile(t, filepath.Join(bin, name), "#!/bin/sh\n"+text)
		if err := os.Chmod(filepath.Join(bin, name), 0o755); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(bin, name)
	}
	compiler := tool("compiler", `if [ "$1" = run ]; then shift 2; exec grader "$@"; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho released for %s/%s\n' "$GOOS" "$GOARCH" >"$2"
chmod +x "$2"
`)
	release, again := t.TempDir(), t.TempDir()
	for _, dir := range []string{release, again} {
		runTool(t, course, []string{"GO=" + compiler, "REPOSITORY=os/course"}, "bash", ".ci/release", "v2", dir)
	}
	if readFile(t, filepath.Join(release, "SHA256SUMS")) != readFile(t, filepath.Join(again, "SHA256SUMS")) {
		t.Error("the same commit gives other bytes")
	}
	if notes := readFile(t, filepath.Join(release, "notes.md")); notes != "## v2 (today)\n\n- This.\n\n" {
		t.Errorf("the release's text is %q", notes)
	}
	if said := runTool(t, release, nil, "sha256sum", "--check", "SHA256SUMS"); strings.Count(said, "OK") != 4 {
		t.Errorf("there are the sums of\n%s", said)
	}
	students := t.TempDir()
	runTool(t, students, nil, "tar", "-xzf", filepath.Join(release, "lockstep-students-v2.tar.gz"), "--strip-components=1")
	var workflow struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(readFile(t, filepath.Join(students, ".github", "workflows", "classroom.yml"))), &workflow); err != nil {
		t.Fatal(err)
	}
	job, script := workflow.Jobs["run-autograding-tests"], ""
	for _, step := range job.Steps {
		if step.Name == "The grader" {
			script = step.Run
		}
	}
	if strings.Contains(script, "go build") || job.Env["COURSE"] != "os/course" {
		t.Errorf("the step does not take the released grader of os/course:\n%s", script)
	}
	tool("gh", `[ "$1 $2 $3 $4 $5 $6 $8" = "release download v2 --repo os/course --pattern --output" ] && cp "$RELEASE/$7" "$9"`+"\n")
	take := func(from string, good bool, told string) {
		t.Helper()
		temp := t.TempDir()
		cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "COURSE=os/course", "RUNNER_TEMP="+temp, "RELEASE="+from, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		said, err := cmd.CombinedOutput()
		if (err == nil) != good || !good && strings.Count(string(said), "::error title=No score::") != 1 {
			t.Errorf("%v\n%s", err, said)
		}
		if good {
			said, err = exec.Command(filepath.Join(temp, "grader")).CombinedOutput()
		} else if _, wrong := os.Stat(filepath.Join(temp, "grader")); wrong == nil {
			t.Error("there is a grader")
		}
		if !strings.Contains(string(said), told) {
			t.Errorf("says %q, %v; want %q", said, err, told)
		}
	}
	take(release, true, "released for linux/")
	take(t.TempDir(), false, "there is no released grader for linux/")
	archives, err := filepath.Glob(filepath.Join(again, "*.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		writeFile(t, archive, readFile(t, archive)+"\n")
	}
	take(again, false, "is not the grader that was released: its SHA-256 is not ")

	// What was pinned is remembered for that release alone.
	sums := filepath.Join(release, "SHA256SUMS")
	pins := func(exit int, built bool, args ...string) {
		t.Helper()
		_, errs := runGrader(t, exit, append([]string{"publish", "--course", course, students}, args...)...)
		if text := readFile(t, filepath.Join(students, ".github", "workflows", "classroom.yml")); strings.Contains(text, "go build") != built {
			t.Errorf("%q: the workflow builds: %v\n%s", args, !built, errs)
		}
	}
	pins(exitPassed, false)
	git("tag", "v3")
	pins(exitUsage, false, "--ref", "v3")
	pins(exitUsage, false, "--ref", "v3", "--checksums", sums)
	pins(exitPassed, true, "--ref", "v3", "--checksums", "none")
	pins(exitPassed, true)
	pins(exitUsage, true, "--for", "gradescope", "--checksums", sums)
	runGrader(t, exitUsage, "publish", "--course", course, "--checksums", sums, filepath.Join(t.TempDir(), "new"))
}
