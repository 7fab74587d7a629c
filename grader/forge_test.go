package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// standIn is the text of a course's grader that is this one, and need not be built again.
const standIn = `package main

import (
	"os"
	"os/exec"
	"syscall"
)

func main() {
	own, err := exec.LookPath("grader")
	if err == nil {
		err = syscall.Exec(own, append([]string{"grader"}, os.Args[1:]...), os.Environ())
	}
	panic(err)
}
`

// TestForges publishes for each forge beside GitHub and takes a push through the script of
// its workflow, without the forge: the course comes from a repository at its pin, and the
// points are told.
func TestForges(t *testing.T) {
	course, git := publishable(t)
	writeFile(t, filepath.Join(course, "grader", "main.go"), standIn)
	git("commit", "-q", "-a", "-m", "A grader")
	git("tag", "v2")
	server := t.TempDir()
	clone := func(from, to string) {
		runTool(t, server, nil, "git", "clone", "-q", "--bare", from, filepath.Join(server, to+".git"))
	}
	clone(course, "teaching/2026/course")
	clone(course, "teaching/course")

	for forge, test := range map[string]struct {
		file, repository string
		release          string // where a release's files lie on the server
		script           func(t *testing.T, workflow map[string]any) (script string, told map[string]any)
	}{
		"gitlab": {".gitlab-ci.yml", "teaching/2026/course", "/api/v4/projects/teaching%2F2026%2Fcourse/packages/generic/lockstep/v2/", func(t *testing.T, workflow map[string]any) (string, map[string]any) {
			job := workflow["grade"].(map[string]any)
			return job["script"].([]any)[0].(string), job["variables"].(map[string]any)
		}},
		"forgejo": {filepath.Join(".forgejo", "workflows", "classroom.yml"), "teaching/course", "/teaching/course/releases/download/v2/", func(t *testing.T, workflow map[string]any) (string, map[string]any) {
			job := workflow["jobs"].(map[string]any)["grade"].(map[string]any)
			step := job["steps"].([]any)[0].(map[string]any)
			return step["run"].(string), step["env"].(map[string]any)
		}},
	} {
		t.Run(forge, func(t *testing.T) {
			if testing.Short() && forge == "gitlab" {
				t.Skip("one script marks for both")
			}
			students := filepath.Join(t.TempDir(), "students")
			runGrader(t, exitPassed, "publish", "--course", course, "--forge", forge, "--repository", test.repository, "--ref", "v2", "--when", "tag", students)
			runGrader(t, exitPassed, "publish", "--course", course, "--when", "push", students)
			if others, err := filepath.Glob(filepath.Join(students, ".g*hub")); err != nil || len(others) > 0 {
				t.Errorf("there is GitHub's workflow too: %q, %v", others, err)
			}
			job := func() (string, map[string]any) {
				t.Helper()
				text := readFile(t, filepath.Join(students, test.file))
				var workflow map[string]any
				if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if !strings.Contains(text, "golang:1.") || strings.Contains(text, "@") || !strings.Contains(text, "exercises/**") {
					t.Errorf("something is left open in\n%s", text)
				}
				return test.script(t, workflow)
			}
			writeFile(t, filepath.Join(students, "exercises", "02-hello", "main.go"), hello("hello"))
			for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", "Try"}} {
				runTool(t, students, nil, "git", args...)
			}
			clone(students, forge+"/work")
			head := strings.TrimSpace(runTool(t, students, nil, "git", "rev-parse", "HEAD"))
			script, told := job()
			values := strings.NewReplacer(
				"$CI_SERVER_URL", "file://"+server, "$CI_PROJECT_DIR", students,
				"${{ github.server_url }}", "file://"+server, "${{ github.repository }}", forge+"/work", "${{ github.sha }}", head,
				"${{ secrets.LOCKSTEP_TOKEN || github.token }}", "secret",
			)
			run := func(code int, more ...string) (log, dir string) {
				t.Helper()
				cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
				dir = t.TempDir()
				cmd.Dir, cmd.Env = dir, append(os.Environ(), "CI_JOB_TOKEN=secret")
				for name, value := range told {
					cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%s", name, values.Replace(value.(string))))
				}
				cmd.Env = append(cmd.Env, more...)
				said, _ := cmd.CombinedOutput()
				if got := cmd.ProcessState.ExitCode(); got != code || strings.Contains(string(said), "secret") {
					t.Errorf("ends with %d, want %d:\n%s", got, code, said)
				}
				return string(said), dir
			}
			log, dir := run(exitFailed)
			if !strings.Contains(log, "5 of 8 points") {
				t.Errorf("the points are not told:\n%s", log)
			}
			for _, name := range []string{"report.xml", "report.html"} {
				if readFile(t, filepath.Join(dir, name)) == "" {
					t.Errorf("%s is empty", name)
				}
			}
			if log, _ := run(1, "COURSE=", "COURSE_REF="); !strings.Contains(log, "No score: set the variables") {
				t.Errorf("a course that is not named: %s", log)
			}
			if log, _ := run(1, "COURSE_REF=v0"); !strings.Contains(log, "can't be had at v0") {
				t.Errorf("a course that is not there: %s", log)
			}

			// The grader of a release is taken as it was pinned, or none.
			archive, sums := releasedGrader(t)
			runGrader(t, exitPassed, "publish", "--course", course, "--checksums", sums, students)
			script, told = job()
			offered := map[string][]byte{}
			releases := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, token, _ := r.BasicAuth()
				text, ok := offered[strings.TrimPrefix(r.URL.EscapedPath(), test.release)]
				if !ok || token != "secret" {
					http.NotFound(w, r)
					return
				}
				w.Write(text)
			}))
			defer releases.Close()
			there := []string{"SERVER=" + releases.URL, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + server + ".insteadOf", "GIT_CONFIG_VALUE_0=" + releases.URL}
			if log, _ := run(1, there...); !strings.Contains(log, "No score: there is no released grader for linux/") {
				t.Errorf("a release that is not there: %s", log)
			}
			name := "lockstep-v2-" + runtime.GOOS + "-" + runtime.GOARCH + ".tar.gz"
			offered[name] = archive
			if log, _ := run(exitFailed, there...); !strings.Contains(log, "the released grader") || !strings.Contains(log, "5 of 8 points") {
				t.Errorf("the released grader does not mark: %s", log)
			}
			offered[name] = append(slices.Clone(archive), 0)
			if log, _ := run(1, there...); !strings.Contains(log, "No score: "+name+" is not the grader that was released") || strings.Contains(log, "points") {
				t.Errorf("another grader than the pinned one: %s", log)
			}
		})
	}
	for _, args := range [][]string{{"--forge", "sourceforge"}, {"--forge", "gitlab", "--for", "gradescope"}, {"--forge", "forgejo", "--repository", "a/b/c", "--ref", "v2"}} {
		runGrader(t, exitUsage, append([]string{"publish", "--course", course, filepath.Join(t.TempDir(), "x")}, args...)...)
	}
}

// releasedGrader is an archive with this grader, which says so, as a release v2 has it for
// each system, and the file with its checksums.
func releasedGrader(t *testing.T) (archive []byte, sums string) {
	t.Helper()
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	tape := tar.NewWriter(compressed)
	program := "#!/bin/sh\necho the released grader\nexec grader \"$@\"\n"
	err := tape.WriteHeader(&tar.Header{Name: "lockstep-v2", Mode: 0o755, Size: int64(len(program))})
	_, err2 := tape.Write([]byte(program))
	if err := errors.Join(err, err2, tape.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, system := range []string{"linux-amd64", "linux-arm64", "darwin-arm64"} {
		fmt.Fprintf(&lines, "%x  lockstep-v2-%s.tar.gz\n", sha256.Sum256(packed.Bytes()), system)
	}
	sums = filepath.Join(t.TempDir(), "SHA256SUMS")
	writeFile(t, sums, lines.String())
	return packed.Bytes(), sums
}
