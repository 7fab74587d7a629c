//go:build workflow

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forge is what GitHub has beside the workflow, for a shell: what stands for its actions, and
// a clock. Everything is below /runner; what is kept between jobs, in /runner/kept.
const forge = `set -eu
export HOME=/runner/home GOMODCACHE=/runner/home/go/pkg/mod GOCACHE=/runner/home/.cache/go-build
export GITHUB_ACTIONS=true GITHUB_OUTPUT=/runner/outputs GITHUB_STEP_SUMMARY=/runner/summary.md RUNNER_TEMP=/runner/temp
chmod -R u+w "$HOME" 2>/dev/null || true # modules are read-only
rm -rf "$HOME" /runner/job "$RUNNER_TEMP"
mkdir -p "$GOMODCACHE" "$GOCACHE" /runner/job /runner/kept "$RUNNER_TEMP"
cd /runner/job
worked() { awk '{print $16 + $17}' /proc/$$/stat; } # by processes of this shell, in hundredths of a second
begun=$(date +%s%N) before=$(worked)
ended() { # ended STEP
	printf 'STEP\t%d\t%d\t%s\n' $((($(date +%s%N) - begun) / 1000000)) $((($(worked) - before) * 10)) "$1"
	begun=$(date +%s%N) before=$(worked)
}
restore() { # restore PREFIX: the newest archive whose key begins so
	local found=$(ls -t "/runner/kept/$1"*.tar 2>/dev/null | head -n 1)
	if [ "$found" ]; then tar -xPf "$found"; printf 'KEPT\t%d\t%s\n' "$(stat -c %s "$found")" "$(basename "$found")"; else return 1; fi
}
keep() { tar -cPf "/runner/kept/$1.tar" "${@:2}"; } # keep KEY FOLDER…
code=0
`

// TestWorkflow takes pushes through all steps of the published workflow in a container; see
// .ci/workflow.
func TestWorkflow(t *testing.T) {
	work, course := t.TempDir(), filepath.Join(t.TempDir(), "course")
	students := filepath.Join(t.TempDir(), "students")
	runTool(t, "..", nil, "git", "clone", "-q", ".", course)
	if some := strings.Fields(os.Getenv("EX")); len(some) > 0 {
		shorten(t, course, some)
	}
	runTool(t, course, nil, "git", "tag", "v1")
	runGrader(t, exitPassed, "publish", "--course", course, "--repository", "os/course", "--ref", "v1", students)
	runTool(t, "..", nil, "git", "clone", "-q", "--bare", course, filepath.Join(work, "server", "os", "course"))
	push := func(args ...string) {
		t.Helper()
		runTool(t, students, nil, "git", append([]string{"-c", "user.name=s", "-c", "user.email=s@example.org"}, args...)...)
	}
	push("init", "-q", "-b", "main")
	push("add", "-A")
	push("commit", "-q", "-m", "The course")

	steps := readWorkflow(t, students)
	points := -1
	for i, name := range []string{"empty caches", "kept caches", "one exercise repaired"} {
		if i == 2 {
			const repaired = "exercises/10-lost-updates/main.go"
			writeFile(t, filepath.Join(students, repaired), readFile(t, filepath.Join("..", strings.Replace(repaired, "exercises", "solutions", 1))))
			push("commit", "-q", "-a", "-m", "Repair one")
		}
		pushed := filepath.Join(work, "server", "submission")
		if err := os.RemoveAll(pushed); err != nil { // it is the container's user's by now
			t.Fatal(err)
		}
		push("clone", "-q", "--bare", ".", pushed)
		writeFile(t, filepath.Join(work, "job.sh"), forge+jobOf(t, steps, i))
		writeFile(t, filepath.Join(work, "outputs"), "")
		runTool(t, work, nil, "chown", "-R", "64711:64711", work)
		log := inContainer(t, work)
		total, seconds, cores := "", 0.0, 0.0
		for _, m := range regexp.MustCompile(`(?m)^STEP\t([0-9]+)\t([0-9]+)\t(.*)$`).FindAllStringSubmatch(log, -1) {
			var wall, worked float64
			fmt.Sscan(m[1]+" "+m[2], &wall, &worked)
			seconds, cores = seconds+wall/1000, cores+worked/1000
			total += fmt.Sprintf("%7.1f s %7.1f core-seconds  %s\n", wall/1000, worked/1000, m[3])
		}
		now, most := lastResult(t, readFile(t, filepath.Join(work, "outputs")))
		again := strings.Count(log, "unchanged")
		t.Logf("%s: %.1f s, %.1f core-seconds, %d of %d points, %d lines of what is unchanged\n%s%s", name, seconds, cores, now, most, again,
			total, strings.Join(regexp.MustCompile(`(?m)^KEPT.*$`).FindAllString(log, -1), "\n"))
		if (again > 0) != (i > 0) || i == 1 && now != points || i == 2 && now <= points || now >= most {
			t.Errorf("%s: %d points, then %d of %d\n%s", name, points, now, most, log)
		}
		points = now
	}
}

// shorten leaves of a course the exercises with these numbers, and no chapters.
func shorten(t *testing.T, course string, numbers []string) {
	t.Helper()
	for _, part := range []string{"exercises", "solutions"} {
		for _, name := range globbed(t, course, part, "*") {
			if number, _, _ := strings.Cut(filepath.Base(name), "-"); !slices.Contains(numbers, number) {
				if err := os.RemoveAll(name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	runTool(t, course, nil, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-a", "-m", "Leave some")
}

// inContainer runs the job, and returns what it said.
func inContainer(t *testing.T, work string) string {
	t.Helper()
	place, err := filepath.Abs("../.ci/place")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"docker", "user", "--network", "host", "--volume", work + ":/runner", "--volume", "/etc/ssl:/etc/ssl:ro", "--", "env"}
	for _, name := range []string{"GOPROXY", "GOSUMDB", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE"} {
		if value := os.Getenv(name); value != "" {
			args = append(args, name+"="+value)
		}
	}
	said, err := exec.CommandContext(t.Context(), place, append(args, "bash", "/runner/job.sh")...).CombinedOutput()
	if err != nil {
		t.Fatalf("the job ends with %v:\n%s", err, said)
	}
	return string(said)
}

// jobOf are a job's steps for a shell.
func jobOf(t *testing.T, steps []step, run int) string {
	t.Helper()
	values := strings.NewReplacer("${{ runner.temp }}", "/runner/temp", "${{ github.run_id }}", fmt.Sprint(1000+run), "${{ github.run_attempt }}", "1")
	value := func(text string) string {
		if text = values.Replace(text); strings.Contains(text, "${{") {
			t.Fatalf("the workflow says what is not known here: %s", text)
		}
		return text
	}
	var b, after strings.Builder
	for i, s := range steps {
		name := s.Name
		if name == "" {
			name = s.Uses
		}
		switch s.If {
		case "", "${{ !cancelled() }}":
		case "env.COURSE == ''": // it is pinned
			continue
		default:
			t.Fatalf("%s: a condition that is not known here: %s", name, s.If)
		}
		action, _, _ := strings.Cut(s.Uses, "@")
		switch action {
		case "":
			for name, text := range s.Env {
				fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(value(text), "'", `'\''`))
			}
			fmt.Fprintf(&b, "cat >/runner/step-%d <<'END OF STEP'\n%s\nEND OF STEP\n(cd './%s' && bash -eo pipefail /runner/step-%d) || code=$?\n", i, value(s.Run), s.Directory, i)
			if s.Name != "Grade" { // which fails when a check does
				b.WriteString("[ $code = 0 ] || exit $code\n")
			}
		case "actions/checkout":
			repository, branch := "submission", ""
			if s.With["repository"] != "" {
				repository, branch = s.With["repository"], "--branch "+s.With["ref"]
			}
			fmt.Fprintf(&b, "git -c advice.detachedHead=false clone -q --depth 1 %s file:///runner/server/%s %s\n", branch, repository, s.With["path"])
		case "actions/setup-go":
			fmt.Fprintf(&b, "go version\nkey=go-$(sha256sum <%s | cut -c 1-16)\nrestore $key && key= || true\n", s.With["cache-dependency-path"])
			after.WriteString("if [ \"$key\" ]; then keep $key \"$GOMODCACHE\" \"$GOCACHE\"; fi\nended 'Post " + name + "'\n")
		case "actions/cache/restore":
			fmt.Fprintf(&b, "restore '%s' || true\n", value(s.With["restore-keys"]))
		case "actions/cache/save":
			fmt.Fprintf(&b, "keep '%s' '%s'\n", value(s.With["key"]), value(s.With["path"]))
		default:
			t.Fatalf("%s: an action that is not known here: %s", name, s.Uses)
		}
		fmt.Fprintf(&b, "ended '%s'\n", name)
	}
	return b.String() + after.String() + "[ $code -le 1 ] || exit $code\n"
}
