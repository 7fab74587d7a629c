package box

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/reexec"
)

// The test's own binary is the program that the tests run: its first argument
// picks a role.
func TestMain(m *testing.M) {
	Init()
	if len(os.Args) > 1 {
		if role := roles[os.Args[1]]; role != nil {
			os.Exit(role(os.Args[2:]))
		}
	}
	os.Exit(m.Run())
}

// roles are programs that students could have written. Their result is the
// exit code.
var roles = map[string]func(args []string) int{}

func init() {
	for name, role := range map[string]func(args []string) int{
		"hello": func(args []string) int {
			fmt.Println("hello", strings.Join(args, " "))
			fmt.Fprintln(os.Stderr, "a word aside")
			return 3
		},
		"cat": func([]string) int {
			if _, err := io.Copy(os.Stdout, os.Stdin); err != nil {
				return 1
			}
			return 0
		},
		"sleep": func(args []string) int {
			d, _ := time.ParseDuration(args[0])
			time.Sleep(d)
			return 0
		},
		"spin": func([]string) int {
			for n := 0; ; n++ {
				if n < 0 {
					return n // never: it computes until it is stopped
				}
			}
		},
		"env": func([]string) int {
			fmt.Println(strings.Join(os.Environ(), "\n"))
			return 0
		},
		"flood": func([]string) int {
			block := make([]byte, 64<<10)
			for {
				if _, err := os.Stdout.Write(block); err != nil {
					return 1
				}
			}
		},
		"family": func(args []string) int { // n children, side by side, all joined
			n, _ := strconv.Atoi(args[0])
			var children []*exec.Cmd
			for range n {
				children = append(children, startRole("sleep", args[1]))
			}
			for _, c := range children {
				c.Wait()
			}
			return 0
		},
		"orphans": func(args []string) int { // leaves n children alive
			n, _ := strconv.Atoi(args[0])
			for range n {
				startRole("sleep", args[1])
			}
			return 0
		},
		"daemon": func(args []string) int { // double fork, own session, deaf to signals
			if len(args) > 0 {
				signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
				if args[0] == "2" {
					time.Sleep(time.Hour)
				}
				startSession("daemon", "2")
				return 0
			}
			startSession("daemon", "1").Wait()
			return 0
		},
		"zombies": func(args []string) int { // n children that nobody waits for
			n, _ := strconv.Atoi(args[0])
			for range n {
				c := startRole("hello")
				for !proc.IsZombie(c.Process.Pid) {
					time.Sleep(time.Millisecond)
				}
			}
			return 0
		},
		"files": func([]string) int {
			f := os.NewFile(3, "inherited")
			fmt.Fprint(f, "through the descriptor")
			return 0
		},
		"serve": func([]string) int {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				fmt.Println(err)
				return 1
			}
			go func() {
				c, err := l.Accept()
				if err == nil {
					fmt.Fprint(c, "over the loopback")
					c.Close()
				}
			}()
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				fmt.Println(err)
				return 1
			}
			data, _ := io.ReadAll(c)
			fmt.Println(string(data))
			return 0
		},
		"place": func([]string) int {
			dir, _ := os.Getwd()
			entries, _ := os.ReadDir(dir)
			sid, _ := unix.Getsid(0)
			fmt.Println(dir[strings.LastIndexByte(dir, '/'):], len(entries), os.WriteFile("mark", nil, 0o600), sid == os.Getpid(), os.Args)
			return 0
		},
	} {
		roles[name] = role
	}
}

func startRole(args ...string) *exec.Cmd {
	c := exec.Command("/proc/self/exe", args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Start(); err != nil {
		fmt.Println("cannot start:", err)
		os.Exit(9)
	}
	return c
}

func startSession(args ...string) *exec.Cmd {
	c := exec.Command("/proc/self/exe", args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		os.Exit(9)
	}
	return c
}

// self is the test's binary.
func self(t testing.TB) string {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func command(t testing.TB, args ...string) Command {
	return Command{Program: self(t), Args: args, Env: []string{reexec.AtOnce}}
}

// run runs a role and fails the test if the grader's side failed.
func run(t testing.TB, c Command) *Observation {
	t.Helper()
	seen, err := Run(t.Context(), c)
	if err != nil {
		t.Fatalf("Run(%q): %v", c.Args, err)
	}
	return seen
}

func states(o *Observation) map[State]int {
	counts := map[State]int{}
	for _, p := range o.Processes {
		counts[p.State]++
	}
	return counts
}

// takenFor lets this machine be taken for one on which everything takes a multiple of
// what it should.
func takenFor(t *testing.T, usual time.Duration) {
	t.Helper()
	before := yardstick
	take := func(usual time.Duration) {
		pace.Lock() // who watches a limit from an earlier test may still look
		defer pace.Unlock()
		yardstick, pace.at, pace.cpu = usual, time.Time{}, 0
	}
	take(usual)
	t.Cleanup(func() { take(before) })
}

const (
	slowMachine = time.Nanosecond // starts nothing in that time
	fastMachine = time.Hour
)

func TestStreams(t *testing.T) {
	o := run(t, command(t, "hello", "box"))
	if o.Exit != (Exit{Code: 3}) || string(o.Stdout.Bytes) != "hello box\n" || string(o.Stderr.Bytes) != "a word aside\n" {
		t.Errorf("got %+v, %q, %q", o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
	}
	if o.Exceeded != nil || len(o.Processes) != 1 || o.Processes[0].State != Root || o.Processes[0].Argv[1] != "hello" {
		t.Errorf("got %+v, %+v", o.Exceeded, o.Processes)
	}
	for _, size := range []int{0, 100, smallInput, 1 << 20} {
		c := command(t, "cat")
		c.Stdin = []byte(strings.Repeat("x", size))
		c.Limits.Output = 2 << 20
		if o := run(t, c); len(o.Stdout.Bytes) != size || o.Exit != (Exit{}) || o.Exceeded != nil {
			t.Errorf("of %d bytes came back %d, %+v, %+v", size, len(o.Stdout.Bytes), o.Exit, o.Exceeded)
		}
	}
	c := command(t, "sleep", "0s") // a program that doesn't read
	c.Stdin = make([]byte, 1<<20)
	if o := run(t, c); o.Exit != (Exit{}) {
		t.Errorf("got %+v", o)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "secret")
	c := command(t, "env")
	c.Env = []string{"COLOUR=green"}
	o := run(t, c)
	seen := string(o.Stdout.Bytes)
	if !private(o.Tier) { // there is no /tmp for it
		seen, _, _ = strings.Cut(seen, "TMPDIR=")
	}
	if seen != "COLOUR=green\n" {
		t.Errorf("the program saw %q", o.Stdout.Bytes)
	}
}

func TestFiles(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := command(t, "files")
	c.Files = []*os.File{w}
	o := run(t, c)
	w.Close()
	if data, _ := io.ReadAll(r); string(data) != "through the descriptor" || o.Exit != (Exit{}) {
		t.Errorf("got %q, %+v", data, o.Exit)
	}
}

func TestLoopback(t *testing.T) {
	if o := run(t, command(t, "serve")); string(o.Stdout.Bytes) != "over the loopback\n" {
		t.Errorf("got %q %q", o.Stdout.Bytes, o.Stderr.Bytes)
	}
}

func TestWallLimit(t *testing.T) {
	takenFor(t, fastMachine)
	c := command(t, "sleep", "1h")
	c.Limits.Wall = 200 * time.Millisecond
	if o := run(t, c); o.Exceeded == nil || o.Exceeded.Limit != "wall" || o.Exceeded.Bound != "200ms" || o.Exit.Signal != 9 {
		t.Errorf("got %+v, %+v", o.Exceeded, o.Exit)
	}
}

func TestOutputLimit(t *testing.T) {
	o := run(t, command(t, "flood"))
	if o.Exceeded == nil || o.Exceeded.Limit != "output" || int64(len(o.Stdout.Bytes)) != Defaults().Output || o.Stdout.Total <= Defaults().Output {
		t.Errorf("got %+v, %d of %d bytes", o.Exceeded, len(o.Stdout.Bytes), o.Stdout.Total)
	}
}

// TestOutputLimitOfShortRuns has programs end at once after a byte too many.
func TestOutputLimitOfShortRuns(t *testing.T) {
	boxes := &Boxes{}
	defer boxes.Close()
	c := command(t, "place")
	c.Limits.Output = 4
	for range 20 {
		if o, err := boxes.Run(t.Context(), c); err != nil || o.Exceeded == nil || o.Exceeded.Limit != "output" {
			t.Fatalf("got %+v, %v", o, err)
		}
	}
}

// TestBoxes: nothing of a run is found by the next in the same box, and what was
// asked for otherwise gets another one.
func TestBoxes(t *testing.T) {
	boxes := &Boxes{}
	for _, limit := range []int64{1 << 20, 1 << 20, 2 << 20} {
		c := command(t, "place") // makes a file where it runs, and counts those that are there
		c.Limits.FileSize = limit
		o, err := boxes.Run(t.Context(), c)
		if err != nil || !strings.Contains(string(o.Stdout.Bytes), " 0 <nil> true") {
			t.Fatalf("got %+v, %v", o, err)
		}
	}
	if len(boxes.idle) != 2 {
		t.Errorf("%d boxes are open", len(boxes.idle))
	}
	inits := childrenNow(t)
	if err := boxes.Close(); err != nil {
		t.Error(err)
	}
	if now := childrenNow(t); now != inits-2 {
		t.Errorf("of %d children, %d are left", inits, now)
	}
	if o, err := boxes.Run(t.Context(), command(t, "place")); err != nil || len(boxes.idle) != 0 {
		t.Errorf("after closing: %+v, %v, %d are open", o, err, len(boxes.idle))
	}
}

// TestCloseAfterABrokenRun: a run that was given up has ended its box, and there is
// nothing left to go wrong.
func TestCloseAfterABrokenRun(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		b, err := Open(t.Context(), Setup{Program: self(t), Tier: tier})
		if err != nil {
			t.Fatal(err)
		}
		given, up := context.WithCancel(t.Context())
		up()
		if _, err := b.Run(given, Command{Args: []string{"sleep", "1h"}}); !errors.Is(err, context.Canceled) {
			t.Errorf("the run: %v", err)
		}
		for range 2 {
			if err := b.Close(); err != nil {
				t.Errorf("closing: %v", err)
			}
		}
	})
}

// inTiers tests in every tier that the machine gives, with -short in the strongest of them
// and in that of containers.
func inTiers(t *testing.T, test func(*testing.T, Tier)) {
	tried := false
	for _, tier := range []Tier{TierA, TierB, TierC, TierD} {
		t.Run("tier "+string(tier), func(t *testing.T) {
			if testing.Short() && tried && tier != TierC {
				t.Skip("another tier was tried")
			}
			if o := try(t.Context(), tier); !o.Works {
				t.Skip(o.Why)
			}
			tried = true
			test(t, tier)
		})
	}
}

func childrenNow(t *testing.T) int {
	text, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range text {
		list, _ := os.ReadFile(name)
		n += len(strings.Fields(string(list)))
	}
	return n
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	c := command(t, "family", "4", "1h")
	if _, err := Run(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNotAProgram(t *testing.T) {
	name := filepath.Join(t.TempDir(), "text")
	os.WriteFile(name, []byte("no program"), 0o755)
	_, err := Run(t.Context(), Command{Program: name})
	if err == nil || !strings.Contains(err.Error(), "cannot start the program") {
		t.Errorf("got %v", err)
	}
}
