package mp_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lockstep/mp"
)

// sceneVariable has the test program be another one: see scenes.
const sceneVariable = "MP_TEST_SCENE"

// scenes are programs that do what a program of tests cannot: everything that
// Main or an initialisation is about.
var scenes = map[string]func(){
	"nil":     func() { mp.Main(func() error { return nil }) },
	"error":   func() { mp.Main(func() error { return errors.New("no luck") }) },
	"panic":   func() { mp.Main(func() error { panic("no luck") }) },
	"outside": func() { _, err := doubles.Start(nil, 1); os.Stdout.WriteString(err.Error()) },
	"twice":   func() { mp.Main(func() error { return nil }) },
	"start twice": func() {
		mp.Main(func() error {
			_, err := mp.Func0("late", func() error { return nil }).Start()
			return err
		})
	},
	"full": func() {
		mp.Main(func() error {
			v := mp.NewValue(1)
			for {
				a := mp.NewArray[int](1 << 20)
				if err := a.Err(); err != nil {
					_, err = fmt.Printf("%v, %d\n", errors.Unwrap(err), v.Get())
					return err
				}
			}
		})
	},
	"orphan": func() {
		mp.Main(func() error {
			_, err := outlives.Start(os.Getpid())
			return err
		})
	},
}

// A program that registers one name twice, and a function that is none.
var _ = func() bool {
	if os.Getenv(sceneVariable) == "twice" {
		mp.Func0("doubles", func() error { return nil })
		mp.Func0("nothing", nil)
		mp.Func0("", func() error { return nil })
	}
	return true
}()

func TestMain(m *testing.M) {
	if scene := scenes[os.Getenv(sceneVariable)]; scene != nil {
		scene()
		return
	}
	mp.TestMain(m)
}

// play runs a scene and returns its exit code and what it printed.
func play(t *testing.T, scene string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(must(os.Executable()))
	cmd.Env = append(os.Environ(), sceneVariable+"="+scene)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestMainExits(t *testing.T) {
	for _, test := range []struct {
		scene  string
		code   int
		stdout string
		stderr string // a part of it
	}{
		{"nil", 0, "", ""},
		{"error", 1, "", "no luck\n"},
		{"panic", 2, "", "panic: no luck"},
		{"outside", 0, "cannot start doubles: mp.Main has not begun", ""},
		{"twice", 1, "", `the name "doubles" is taken: it is registered at main_test.go:`},
		{"twice", 1, "", `main_test.go:56: "nothing" is registered with a nil function`},
		{"twice", 1, "", "main_test.go:57: a function is registered without a name"},
		{"start twice", 1, "", `"late" must be registered in a package-level variable`},
	} {
		t.Run(test.scene, func(t *testing.T) {
			code, stdout, stderr := play(t, test.scene)
			if code != test.code || stdout != test.stdout || !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("code %d, stdout %q, stderr %q; want %d, %q, %q", code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
}

// must is for calls that can't fail unless the test does.
func must[T any](x T, err error) T {
	check(err)
	return x
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// join joins processes, each of which must succeed.
func join(t *testing.T, ps ...*mp.Process) {
	t.Helper()
	for _, p := range ps {
		if err := p.Join(); err != nil {
			t.Error(err)
		}
	}
}

// several starts n processes.
func several(n int, start func(i int) (*mp.Process, error)) []*mp.Process {
	var ps []*mp.Process
	for i := range n {
		ps = append(ps, must(start(i)))
	}
	return ps
}

// long is a time after which something that should happen at once will not
// happen any more, on however busy a machine.
const long = 30 * time.Second
