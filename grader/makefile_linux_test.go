package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/build"
)

// fakeGo stands for the go command: it tells with what it was called first and in which
// environment, and builds a program that does nothing.
const fakeGo = `#!/bin/sh
echo "$1 $2 $3"
env | grep -E '^C?GO[A-Z_]' | sort
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\n' >"$2"
chmod +x "$2"
`

// TestMakefilesAreImmune builds graders with an environment that was meant for
// something else, here and as students do, and in another folder than usual. They compile as
// the grader does: otherwise the standard library would be compiled twice.
func TestMakefilesAreImmune(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	students, fake := filepath.Join(temp, "students"), filepath.Join(temp, "go")
	small, _ := publishable(t)
	runGrader(t, exitPassed, "publish", "--course", small, students)
	if err := os.WriteFile(fake, []byte(fakeGo), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{course, students} {
		cmd := exec.Command("make", "-s", "GO="+fake, "GRADER="+filepath.Join(t.TempDir(), "new", "grader"), "list")
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GOFLAGS=-mod=vendor", "GOWORK=/elsewhere/go.work", "GOARCH=mips", "GOOS=plan9", "GOEXPERIMENT=nonsense", "CGO_ENABLED=1", "GOCACHE=/kept"}
		said, err := cmd.CombinedOutput()
		if want := "building the grader, which takes half a minute the first time\nbuild " + build.Compiling + "\nCGO_ENABLED=0\nGOCACHE=/kept\nGOFLAGS=-buildvcs=false\nGOGC=400\nGOWORK=off\n"; err != nil || string(said) != want {
			t.Errorf("in %s: %v\n%s", dir, err, said)
		}
	}
}

// TestMakefilesPassOn asks what make would call: a course and a language are those that make
// itself is told, and nothing that the environment says.
func TestMakefilesPassOn(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	students := filepath.Join(t.TempDir(), "students")
	small, _ := publishable(t)
	runGrader(t, exitPassed, "publish", "--course", small, students)
	for dir, of := range map[string]string{"..": " --course a/b", students: ""} {
		for _, verb := range []string{"grade", "watch", "next", "hint", "show", "reset", "list", "replay", "play"} {
			for told, want := range map[string]string{"LANG=de COURSE=a/b": of + " --lang de", "": ""} {
				cmd := exec.Command("make", append([]string{"-n", "GRADER=GRADER", verb}, strings.Fields(told)...)...)
				cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "LANG=de_DE.UTF-8", "COURSE=os-2026"}
				said, err := cmd.Output()
				lines := strings.Split(strings.TrimSpace(string(said)), "\n")
				got := strings.Join(strings.Fields(lines[len(lines)-1]), " ")
				if err != nil || got != "GRADER "+verb+want {
					t.Errorf("in %s: make %s %s calls %q, %v", dir, verb, told, got, err)
				}
			}
		}
	}
}

// TestMakefilesAskGoOnChange wants Go asked for a grader that may be another one now, also by
// files that are older than it, or by another Go; and not otherwise.
func TestMakefilesAskGoOnChange(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	temp := t.TempDir()
	students, fake := filepath.Join(temp, "students"), filepath.Join(temp, "go")
	small, _ := publishable(t)
	runGrader(t, exitPassed, "publish", "--course", small, students)
	source, old := filepath.Join(students, "grader", "main.go"), time.Now().Add(-time.Hour)
	dated := func(text string) func() {
		return func() {
			writeFile(t, source, text)
			if err := os.Chtimes(source, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	writeGo := func(text string) {
		if err := os.WriteFile(fake, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	asks := strings.Replace(fakeGo, "\n", "\necho asked\n", 1)
	for _, step := range []struct {
		what   string
		change func()
		asked  bool
	}{
		{"the first time", func() { dated("package main\n")(); writeGo(asks) }, true},
		{"as it was", func() {}, false},
		{"a file is newer", func() { writeFile(t, source, "package main\n") }, true},
		{"it is newer again, and of the same size", func() { writeFile(t, source, "package mine\n") }, true},
		{"as it was, again", func() {}, false},
		{"a file of before came", dated("package main // before\n"), true},
		{"a file is gone", func() { os.Remove(source) }, true},
		{"the grader is gone", func() { os.Remove(filepath.Join(students, ".lockstep", "grader")) }, true},
		{"Go is another one", func() { writeGo(asks + "# later\n") }, true},
		{"as it was in the end", func() {}, false},
	} {
		step.change()
		cmd := exec.Command("make", "-s", "GO="+fake, "list")
		cmd.Dir = students
		said, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(said), "asked") != step.asked {
			t.Errorf("%s: Go is asked: %v, want %v; %v\n%s", step.what, !step.asked, step.asked, err, said)
		}
	}
}

// TestMakefilesCount builds graders on a terminal: the first build says how long it has been
// at it, what the compiler says is whole, and there is nothing to be seen of a later one.
func TestMakefilesCount(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	students, fake, gate := filepath.Join(temp, "students"), filepath.Join(temp, "go"), filepath.Join(temp, "gate")
	small, _ := publishable(t)
	runGrader(t, exitPassed, "publish", "--course", small, students)
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	slow := "#!/bin/sh\n[ $1 = version ] && exec echo go version " + runtime.Version() + " here\necho '# lockstep/grader' >&2\ncat '" + gate + "'\necho 'main.go:3:1: wrong' >&2\nexit 1\n"
	for _, dir := range []string{course, students} {
		grader := filepath.Join(t.TempDir(), "new", "grader")
		list := func(program string) *tty {
			t.Helper()
			if err := os.WriteFile(fake, []byte(program), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("make", "-s", "GO="+fake, "GRADER="+grader, "list")
			cmd.Dir = dir
			return onTerminal(t, cmd)
		}
		open := func(how int) {
			file, err := os.OpenFile(gate, how, 0)
			if err != nil {
				t.Fatal(err)
			}
			file.Close()
		}
		t.Cleanup(func() { open(os.O_RDWR) }) // waits for nobody
		x := list(slow)
		x.expect("building the grader, which takes half a minute the first time\r\n")
		x.expect("\r1 s\r2 s")
		open(os.O_WRONLY)
		x.expect("\r       \r# lockstep/grader\r\nmain.go:3:1: wrong\r\n")
		if err := x.cmd.Wait(); err == nil {
			t.Errorf("in %s: what does not build is no error", dir)
		}
		for _, want := range []string{"the first time", ""} {
			x := list(fakeGo)
			if err := x.cmd.Wait(); err != nil {
				t.Errorf("in %s: %v", dir, err)
			}
			x.end()
			if text := string(x.said); !strings.Contains(text, want) || want == "" && strings.Contains(text, "\r ") {
				t.Errorf("in %s: it says %q", dir, text)
			}
		}
	}
}

// TestMakefilesNameAnOldGo tells it from a grader that does not build for another reason.
func TestMakefilesNameAnOldGo(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	students, fake := filepath.Join(temp, "students"), filepath.Join(temp, "go")
	small, _ := publishable(t)
	runGrader(t, exitPassed, "publish", "--course", small, students)
	for version, old := range map[string]bool{"go version go1.19.8 linux/amd64": true, "": true, runtime.Version(): false} {
		if !old {
			version = "go version " + version + " linux/amd64"
		}
		if err := os.WriteFile(fake, []byte("#!/bin/sh\n[ $1 = version ] && echo '"+version+"'\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{course, students} {
			cmd := exec.Command("make", "-s", "GO="+fake, "GRADER="+filepath.Join(temp, "new", "grader"), "list")
			cmd.Dir = dir
			said, err := cmd.CombinedOutput()
			if err == nil || strings.Contains(string(said), "or later, and here is ") != old || strings.Contains(string(said), "written to") {
				t.Errorf("in %s, %q: %v\n%s", dir, version, err, said)
			}
		}
	}
}
