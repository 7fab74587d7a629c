package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gh stands for GitHub's own, whose repositories are folders of $SERVER.
const gh = `#!/bin/sh
case "$1 $2" in
"pr list") if [ -e "$SERVER/$4.asked" ]; then echo 1; else echo 0; fi ;;
"repo clone") exec git clone -q --depth 1 "file://$SERVER/$3.git" "$4" ;;
"pr create") git -C "$SERVER/$4.git" rev-parse --verify --quiet "refs/heads/$6" && echo "$4" >>"$SERVER/asked" && : >"$SERVER/$4.asked" ;;
*) exit 1 ;;
esac
`

// TestPullRequests runs the printed commands: whoever has a repository is asked once, and
// what was pushed is the correction and the student's own work.
func TestPullRequests(t *testing.T) {
	course, git := publishable(t)
	published, server, bin := filepath.Join(t.TempDir(), "it's there"), t.TempDir(), t.TempDir()
	runGrader(t, exitPassed, "publish", "--course", course, published)
	writeFile(t, filepath.Join(bin, "gh"), gh)
	if err := os.Chmod(filepath.Join(bin, "gh"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"SERVER=" + server, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), asGrader + "=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.org", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.org",
	}
	begin := func(name string) {
		t.Helper()
		tree := t.TempDir()
		if err := os.CopyFS(tree, os.DirFS(published)); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(tree, "exercises", "02-hello", "main.go"), hello(name))
		runTool(t, tree, env, "git", "init", "-q", "-b", "main")
		runTool(t, tree, env, "git", "add", "-A")
		runTool(t, tree, env, "git", "commit", "-q", "-m", "Work")
		runTool(t, tree, env, "git", "clone", "-q", "--bare", tree, filepath.Join(server, "os", "hw1-"+name+".git"))
	}
	begin("ada")
	begin("team")

	writeFile(t, filepath.Join(course, "exercises", "02-hello", "README.md"), "# It, said better\n")
	git("commit", "-q", "-a", "-m", "Say it better")
	runGrader(t, exitPassed, "publish", "--course", course, published)
	roster := filepath.Join(t.TempDir(), "roster.csv")
	writeFile(t, roster, "id,login,group\n1,ada,\n2,bob,team\n3,cleo,team\n4,dora,\n5,,\n")
	script, errs := runGrader(t, exitFailed, "update", "--open-pull-requests", "--roster", roster, "--assignment", "os/hw1", published)
	if !strings.Contains(errs, "not among them: 5\n") {
		t.Errorf("says %s", errs)
	}
	ask := func(code int) string {
		t.Helper()
		cmd := exec.Command("sh", "-c", script)
		cmd.Env = append(os.Environ(), env...)
		said, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("ends with %d, want %d:\n%s\n%s", got, code, said, script)
		}
		return string(said)
	}
	asked := func(want string) {
		t.Helper()
		if got := strings.Join(strings.Fields(readFile(t, filepath.Join(server, "asked"))), " "); got != want {
			t.Errorf("asked are %q, want %q", got, want)
		}
	}
	if said := ask(1); !strings.Contains(said, "not done: os/hw1-dora\n") {
		t.Errorf("says\n%s", said)
	}
	asked("os/hw1-ada os/hw1-team")
	branches := strings.Fields(runTool(t, filepath.Join(server, "os", "hw1-ada.git"), nil, "git", "branch", "--format", "%(refname:short)"))
	if len(branches) != 2 || !strings.HasPrefix(branches[0], "lockstep-") {
		t.Fatalf("there are the branches %q", branches)
	}
	for file, want := range map[string]string{"main.go": hello("ada"), "README.md": "# It, said better\n"} {
		if got := runTool(t, filepath.Join(server, "os", "hw1-ada.git"), nil, "git", "show", branches[0]+":exercises/02-hello/"+file); got != want {
			t.Errorf("%s is proposed to be\n%s", file, got)
		}
	}

	// Again: whoever was asked is not asked twice, nor whoever has the correction.
	begin("dora")
	list := filepath.Join(t.TempDir(), "list")
	writeFile(t, list, "os/hw1-ada\nos/hw1-team\nos/hw1-dora\nOS/hw1-Ada\n")
	script, _ = runGrader(t, exitPassed, "update", "--open-pull-requests", "--repositories", list, published)
	ask(0)
	asked("os/hw1-ada os/hw1-team")

	writeFile(t, roster, "id,login\n1,$(touch x)\n")
	for _, args := range [][]string{
		{"--open-pull-requests"}, {"--repositories", list}, {"--open-pull-requests", "--roster", roster},
		{"--open-pull-requests", "--repositories", list, "--assignment", "os/hw1"},
		{"--open-pull-requests", "--roster", roster, "--assignment", "os/hw1"},
	} {
		if out, _ := runGrader(t, exitUsage, append([]string{"update", published}, args...)...); out != "" {
			t.Errorf("%q prints %s", args, out)
		}
	}
}
