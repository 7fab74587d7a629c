package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/terminal"
)

// wordsCourse is a course of one-line programs, in a repository.
func wordsCourse(t *testing.T) string {
	t.Helper()
	course := t.TempDir()
	writeFile(t, filepath.Join(course, "go.mod"), "module lockstep\n\ngo 1.26\n")
	writeFile(t, filepath.Join(course, "go.sum"), "")
	writeFile(t, filepath.Join(course, "mp", "mp.go"), "package mp\n")
	writeFile(t, filepath.Join(course, "exercises", "course.yaml"), "title: Words\nchapters:\n- {title: Both, about: They come and go., begins: 1}\n- {title: End, about: It ends., begins: 3}\n")
	for _, word := range []string{"01-hello", "02-bye", "03-thanks"} {
		dir := filepath.Join(course, "exercises", word)
		_, says, _ := strings.Cut(word, "-")
		writeFile(t, filepath.Join(dir, "exercise.yaml"), fmt.Sprintf(`title: Say %[1]s
topic: words
goal: The program says %[1]s.
points: 2
edit: [main.go]
imports: [fmt, time]
limits: {wall: 50s}
hints: [Look at the word., "Print %[1]s."]
checks:
  - {name: says %[1]s, points: 2, run: {args: [token-%[1]s]}, stdout: "%[1]s\n"}
starter: {fails: [says %[1]s]}
`, says))
		writeFile(t, filepath.Join(dir, "main.go"), saying("nothing"))
	}
	runTool(t, course, nil, "git", "init", "-q")
	runTool(t, course, nil, "git", "add", "-A")
	runTool(t, course, nil, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Words")
	return course
}

func saying(word string) string {
	return fmt.Sprintf("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(%q) }\n", word)
}

const sleeping = "package main\n\nimport \"time\"\n\nfunc main() { time.Sleep(time.Hour) }\n"

// tty is a program in a terminal of its own.
type tty struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd

	mu   sync.Mutex
	more *sync.Cond
	said []byte
	seen int // what expect has gone past
	over bool
}

// inTerminal starts the grader in a terminal of 80 columns.
func inTerminal(t *testing.T, dir string, env []string, args ...string) *tty {
	t.Helper()
	name, err := exec.LookPath("grader")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), append([]string{"TERM=xterm", "LANG=C.UTF-8", "LC_ALL="}, env...)...)
	return onTerminal(t, cmd)
}

// onTerminal starts any program in a terminal.
func onTerminal(t *testing.T, cmd *exec.Cmd) *tty {
	t.Helper()
	x := &tty{t: t, cmd: cmd}
	x.more = sync.NewCond(&x.mu)
	var err error
	if x.file, err = pty.StartWithSize(x.cmd, &pty.Winsize{Rows: 40, Cols: 80}); err != nil {
		t.Skipf("this machine has no terminals: %v", err)
	}
	t.Cleanup(func() {
		x.cmd.Process.Kill()
		x.cmd.Wait()
		x.file.Close()
	})
	go func() {
		var b [4096]byte
		for {
			n, err := x.file.Read(b[:])
			x.mu.Lock()
			x.said = append(x.said, b[:n]...)
			x.over = err != nil
			x.more.Broadcast()
			x.mu.Unlock()
			if err != nil {
				return // EIO when the program has ended
			}
		}
	}()
	return x
}

// expect waits for a text, from where the last one ended.
func (x *tty) expect(text string) {
	x.t.Helper()
	late := time.AfterFunc(time.Minute, func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.over = true
		x.more.Broadcast()
	})
	defer late.Stop()
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		if i := bytes.Index(x.said[x.seen:], []byte(text)); i >= 0 {
			x.seen += i + len(text)
			return
		}
		if x.over {
			x.t.Fatalf("%q does not come; after %q", text, x.said[x.seen:])
		}
		x.more.Wait()
	}
}

// end waits until nothing more can be said.
func (x *tty) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for !x.over {
		x.more.Wait()
	}
}

func (x *tty) press(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.file, keys); err != nil {
		x.t.Fatal(err)
	}
}

// TestWatch goes through a course in a real terminal, as a student does.
func TestWatch(t *testing.T) {
	course := wordsCourse(t)
	file := func(id string) string { return filepath.Join(course, "exercises", id, "main.go") }
	state := filepath.Join(t.TempDir(), "state")
	x := inTerminal(t, course, []string{"LOCKSTEP_STATE=" + state, "NO_COLOR=1"}, "watch")

	// It begins with the first exercise: what it asks for, and what fails.
	x.expect("The program says hello.")
	x.expect("✗ says hello")
	x.expect("Look at the word.")
	x.expect("hints      [x] 1  [ ] 2")
	x.expect("last runs  ")
	x.expect("q quit")

	// One hint more each time, after that of the report; the goal and the list, when
	// asked for.
	x.press("h")
	x.expect("hint 2 of 2: Print hello.")
	x.expect("hints      [x] 1  [x] 2")
	x.press("s")
	x.expect("The program says hello.")
	x.press("l")
	x.expect("▸ 01-hello")
	x.expect("0 done")
	x.press("r")
	x.expect("there is no order of steps to replay")

	// A save runs it again; the compiler's words are its own.
	writeFile(t, file("01-hello"), "package main\n\nfunc main() { fmt.Println() }\n")
	x.expect("exercises/01-hello/main.go:3:15: undefined: fmt")

	// An editor that writes another file and renames it. Passing moves on.
	writeFile(t, file("01-hello")+"~", saying("hello"))
	if err := os.Rename(file("01-hello")+"~", file("01-hello")); err != nil {
		t.Fatal(err)
	}
	x.expect("01-hello passes: 2 of 2 points. 1 of 3 exercises are done.")
	x.expect("✗ says bye")

	// A run that takes its time ends at once, with its processes, when a file is saved.
	writeFile(t, file("02-bye"), sleeping)
	x.expect("02-bye: says bye")
	writeFile(t, file("02-bye"), saying("good day"))
	x.expect("good day")
	if left := running("token-bye"); left != nil {
		t.Errorf("still running: %v", left)
	}

	// What was put off comes again at the end.
	x.press("n")
	x.expect("02-bye is put off")
	x.expect("✗ says thanks")
	writeFile(t, file("03-thanks"), saying("thanks"))
	x.expect("03-thanks passes")
	x.expect("✗ says bye")
	x.press("n")
	x.expect("02-bye is the only one that is left")

	// Work is thrown away only after a question, and kept.
	x.press("R")
	x.expect("Throw away what you changed in main.go of exercises/02-bye?")
	x.press("x")
	x.expect("nothing was changed")
	x.press("R")
	x.expect("Press y")
	x.press("y")
	x.expect("your work is kept in")
	x.expect("nothing\r\n") // what the starter prints
	if got := readFile(t, file("02-bye")); got != saying("nothing") {
		t.Errorf("after a reset: %s", got)
	}
	kept, err := filepath.Glob(filepath.Join(state, "kept", "02-bye", "*", "main.go"))
	if err != nil || len(kept) != 1 || readFile(t, kept[0]) != saying("good day") {
		t.Errorf("kept: %v %v", kept, err)
	}

	// Quitting gives the terminal back.
	x.press("q")
	if err := x.cmd.Wait(); err != nil {
		t.Errorf("after q: %v", err)
	}
	settings, err := unix.IoctlGetTermios(int(x.file.Fd()), terminal.GetTermios)
	if bytes.Contains(x.said, []byte("\x1b[3")) {
		t.Error("NO_COLOR, and yet colours")
	}
	if err == nil && settings.Lflag&(unix.ICANON|unix.ECHO) != unix.ICANON|unix.ECHO {
		t.Error("the terminal still hands over single keys")
	}

	// Another time goes on where this one was, and the last pass ends it.
	x = inTerminal(t, course, []string{"LOCKSTEP_STATE=" + state}, "watch")
	x.expect("\x1b[31m✗\x1b[0m says bye")
	writeFile(t, file("02-bye"), saying("bye"))
	x.expect(`3 of 3 exercises are done. The chapter "Both"`)
	x.expect("That was the last one.")
	if err := x.cmd.Wait(); err != nil {
		t.Errorf("at the end: %v", err)
	}
}

// running lists the command lines with a word in them.
func running(word string) (found []string) {
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		if line, err := os.ReadFile(name); err == nil && bytes.Contains(line, []byte(word)) {
			found = append(found, string(line))
		}
	}
	return found
}
