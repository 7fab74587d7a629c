package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/play/web"
	"lockstep/grader/internal/terminal"
)

// The tests' grader has the page, too: see web.go.
func init() { servePage = web.Serve }

// TestPlayOnATerminal plays exercise 10 in a real terminal, as a student does.
func TestPlayOnATerminal(t *testing.T) {
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "state")
	env := []string{"LOCKSTEP_STATE=" + state, "NO_COLOR=1"}
	x := inTerminal(t, course, env, "play", "10")

	// It takes the terminal's other page, and shows who could go.
	x.expect("\x1b[?1049h")
	x.expect("goal: lose 2 updates (0 so far)")
	x.expect("0 main  begins")
	x.press("\r")
	x.expect("1 increment-1  begins")
	x.press(".")
	x.expect("several can go on: choose one")
	x.press("00")
	x.expect("main.go:46  waits for the end of increment-1")
	x.press("0")
	x.expect("main can't go on: it waits for the end of increment-1")

	// An update is lost, and not after a step back; an arrow is that key, and no process.
	x.press("11222")
	x.expect("would replace 1")
	x.press("1")
	x.expect("goal: lose 2 updates (1 so far)")
	x.press("\x1b[D")
	x.expect("goal: lose 2 updates (0 so far)")
	x.press("a")
	x.expect("can it still fail? yes: lost update")
	x.press("s")
	x.expect("run these steps again: make replay EX=10")

	// The screen is drawn anew when it has another size.
	if err := pty.Setsize(x.file, &pty.Winsize{Rows: 12, Cols: 60}); err != nil {
		t.Fatal(err)
	}
	x.expect("0-9 let go  . go on  u back  a can it fail?  g goal  s save…")

	// q gives the terminal back.
	x.press("q")
	x.expect("\x1b[?1049l")
	if err := x.cmd.Wait(); err != nil {
		t.Errorf("after q: %v", err)
	}
	given(t, x)
	if bytes.Contains(x.said, []byte("\x1b[3")) {
		t.Error("NO_COLOR, and yet colours")
	}

	// So does Ctrl-C, and being told to end, also while it is at work.
	ends := []func(x *tty){
		func(x *tty) { x.press("a"); x.cmd.Process.Signal(syscall.SIGTERM) },
		func(x *tty) { x.press("\x03") },
	}
	if testing.Short() {
		ends = ends[:1]
	}
	for _, end := range ends {
		x := inTerminal(t, course, env, "play", "10")
		x.expect("0 main  begins")
		end(x)
		x.expect("\x1b[?1049l")
		if err := x.cmd.Wait(); err != nil {
			t.Errorf("at the end: %v", err)
		}
		given(t, x)
	}
}

// given wants the terminal to be as it was.
func given(t *testing.T, x *tty) {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(x.file.Fd()), terminal.GetTermios)
	if err == nil && settings.Lflag&(unix.ICANON|unix.ECHO) != unix.ICANON|unix.ECHO {
		t.Error("the terminal still hands over single keys")
	}
}

// TestPlayServes: the page is there for who has its address, and ends with the command.
func TestPlayServes(t *testing.T) {
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	name, err := exec.LookPath("grader")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "play", "--course", course, "--web", "10")
	cmd.Env = append(os.Environ(), "LOCKSTEP_STATE="+filepath.Join(t.TempDir(), "state"))
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no address: %v %s", err, &words)
	}
	address = strings.TrimSpace(address)
	root, token, ok := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	if !ok || !strings.HasPrefix(root, "127.0.0.1:") || len(token) < 20 {
		t.Fatalf("the address is %q", address)
	}
	ask := func(method, url, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	for _, c := range []struct {
		method, url, body string
		code              int
		says              string
	}{
		{"GET", address, "", 200, "<title>Lockstep"},
		{"POST", address + "v1/program", "{}", 200, `"line":"program 3 1"`},
		{"POST", address + "v1/at", `{"lone":true}`, 200, `"title":"increment-1","state":"ready","next":"begins"`},
		{"POST", address + "v1/at", `{"schedule":"0:5,0.1:2","let":"0.1"}`, 200, `"text":"counter.Set(1)"`},
		{"POST", address + "v1/at", `{"schedule":"0:5,0.1:2","steps":0}`, 200, `"steps":[]`},
		{"POST", address + "v1/at", `{"schedule":"0,0.1"}`, 422, "process 0.1 has not been started"},
		{"POST", address + "v1/can-fail", `{"schedule":"0:5,0.1:2"}`, 200, `"answer":"yes"`},
		{"POST", address + "v1/save", `{"schedule":"0:5,0.1:2"}`, 200, "make replay EX=10"},
		{"POST", address + "v1/at", `nonsense`, 400, ""},
		{"GET", "http://" + root + "/", "", 404, ""},
		{"POST", "http://" + root + "/v1/at", "{}", 404, ""},
		{"POST", "http://" + root + "/guess/v1/at", "{}", 404, ""},
	} {
		code, text := ask(c.method, c.url, c.body)
		if code != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s %s %s: %d %s", c.method, strings.ReplaceAll(c.url, token, "TOKEN/"), c.body, code, text)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v %s", err, &words)
	}
	if _, err := http.Get(address); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("somebody still answers: %v", err)
	}
}
