package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/script"
)

var update = flag.Bool("update", false, "rewrite what is kept current: parts of README.md, the schema")

// asGrader is set where the test's own binary shall be the grader.
const asGrader = "LOCKSTEP_TEST_AS_GRADER"

func TestMain(m *testing.M) {
	build.Init()
	box.Init()
	script.Init()
	if os.Getenv(asGrader) != "" {
		main()
	}
	testscript.Main(apart{m}, map[string]func(){"grader": main})
}

// apart runs tests with folders of their own for verdicts and progress: what a
// developer keeps is none of a test's.
type apart struct{ *testing.M }

func (a apart) Run() int {
	dir, err := os.MkdirTemp("", "lockstep-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("LOCKSTEP_CACHE", filepath.Join(dir, "cache"))
	os.Setenv("LOCKSTEP_STATE", filepath.Join(dir, "state"))
	return a.M.Run()
}

// TestScripts runs the command line as people do: testdata/script/AREA_BEHAVIOUR.txtar.
func TestScripts(t *testing.T) {
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join(course, "testdata", "script"),
		RequireUniqueNames: true,
		Cmds:               map[string]func(*testscript.TestScript, bool, []string){"done": done, "exits": exits},
		Setup: func(e *testscript.Env) error {
			// testscript's HOME is no folder: what the go command would find by it
			// is handed over, and the course is named for scripts outside it.
			e.Setenv("COURSE", course)
			e.Setenv("LOCKSTEP_CACHE", filepath.Join(e.WorkDir, ".cache"))
			e.Setenv("LOCKSTEP_STATE", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("GOCACHE", envOr("GOCACHE", filepath.Join(cache, "go-build")))
			home, err := os.UserHomeDir()
			if err != nil {
				return err
			}
			e.Setenv("GOMODCACHE", envOr("GOMODCACHE", filepath.Join(envOr("GOPATH", filepath.Join(home, "go")), "pkg", "mod")))
			return nil
		},
	})
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// exits is `exits CODE COMMAND ARG…`: it runs a command and wants that very exit
// code, which testscript's own exec can't say.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	name, err := lookUp(ts, args[1])
	ts.Check(err)
	cmd := exec.Command(name, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environ(ts)
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil, errors.As(err, &ended):
	default:
		ts.Fatalf("cannot run %s: %v", args[1], err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("%s ended with exit code %d, want %d", args[1], got, want)
	}
}

// done is `done DIR…`: it takes every TODO out of the files below, as if what they ask for
// had been done.
func done(ts *testscript.TestScript, _ bool, dirs []string) {
	for _, dir := range dirs {
		ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			return os.WriteFile(name, bytes.ReplaceAll(text, []byte("TODO "), nil), 0o644)
		}))
	}
}

func lookUp(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		full := filepath.Join(dir, name)
		if info, err := os.Stat(full); err == nil && !info.IsDir() {
			return full, nil
		}
	}
	return "", fmt.Errorf("%s is not on PATH", name)
}

// environ is what the script's own exec would hand over, as far as the grader
// looks at it.
func environ(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOCACHE", "GOMODCACHE", "NO_COLOR", "LANG", "TERM", "COURSE", "LOCKSTEP_CACHE", "LOCKSTEP_STATE"} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}
