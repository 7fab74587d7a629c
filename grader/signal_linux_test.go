package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// family is a program that waits for a child which waits for ever.
const family = `package main

import (
	"time"

	"lockstep/mp"
)

var wait = mp.Func("wait", func(int) error { time.Sleep(time.Hour); return nil })

func main() {
	mp.Main(func() error {
		p, err := wait.Start(1)
		if err != nil {
			return err
		}
		return p.Join()
	})
}
`

// TestSignals ends a grader in the middle of a run, politely and not, and wants
// nothing of it to be left: at once, or where it was killed, when its boxes have
// noticed and the next grader has swept.
func TestSignals(t *testing.T) {
	adopt(t)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(s.String(), func(t *testing.T) {
			temp, tree := t.TempDir(), t.TempDir()
			writeFile(t, filepath.Join(tree, "02-join-them-all", "main.go"), family)
			var said bytes.Buffer
			grader := gradeInside(t, temp, &said, "--submission", tree, "02")
			if err := grader.Start(); err != nil {
				t.Fatal(err)
			}
			// The program and its child are up when something runs below something
			// that has the program's name.
			eventually(t, func() string {
				for _, p := range childrenOf(grader.Process.Pid) {
					if p.name == "02-join-them-al" && len(childrenOf(p.pid)) > 0 {
						return ""
					}
				}
				return "the program is not up: " + said.String()
			})
			if err := grader.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			grader.Wait()
			if s != syscall.SIGKILL && grader.ProcessState.ExitCode() != exitBroken {
				t.Errorf("ended with %v: %s", grader.ProcessState, &said)
			}
			eventually(t, func() string {
				reap(t)
				var left []string
				for _, p := range childrenOf(os.Getpid()) {
					left = append(left, fmt.Sprint(p.pid, " ", p.name))
				}
				if len(left) > 0 && s != syscall.SIGKILL {
					t.Fatalf("left behind: %v", left)
				}
				return strings.Join(left, ", ")
			})
			if s == syscall.SIGKILL {
				next := gradeInside(t, temp, &said, "--submission", filepath.Join("..", "solutions"), "02")
				if err := next.Run(); err != nil {
					t.Errorf("the next grader: %v: %s", err, &said)
				}
			}
			if names, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(names) > 0 {
				t.Errorf("left behind: %v, %v", names, err)
			}
		})
	}
}

// gradeInside is a grader of its own, with its own temporary folder.
func gradeInside(t *testing.T, temp string, said *bytes.Buffer, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, append([]string{"grade", "--fresh", "--course", ".."}, args...)...)
	c.Env = append(os.Environ(), asGrader+"=1", "TMPDIR="+temp)
	c.Stdout, c.Stderr = said, said
	c.WaitDelay = 10 * time.Second
	return c
}

// eventually asks again and again, for as long as a busy machine may take, until
// there is nothing to complain of.
func eventually(t *testing.T, complaint func() string) {
	t.Helper()
	text := ""
	for pause, begin := time.Millisecond, time.Now(); time.Since(begin) < time.Minute; pause = min(2*pause, 100*time.Millisecond) {
		if text = complaint(); text == "" {
			return
		}
		time.Sleep(pause)
	}
	t.Fatal(text)
}

// reap collects the dead that fell to this process.
func reap(t *testing.T) {
	t.Helper()
	for _, p := range childrenOf(os.Getpid()) {
		if p.dead && p.parent == os.Getpid() {
			if _, err := syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil); err != nil && err != syscall.ECHILD {
				t.Error(err)
			}
		}
	}
}
