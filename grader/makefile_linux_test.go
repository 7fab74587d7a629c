package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

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
