//go:build !portable

package box

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/reexec"
)

// unwatchedBox is a box that does not watch; only a namespace makes that possible.
func unwatchedBox(t *testing.T) *Box {
	t.Helper()
	b, err := Open(t.Context(), Setup{Program: self(t), Unwatched: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if b.Tier() != TierA && b.Tier() != TierB {
		t.Skip("there are no namespaces here")
	}
	return b
}

// unwatched runs a role in such a box.
func unwatched(t *testing.T, l Limits, args ...string) *Observation {
	t.Helper()
	b := unwatchedBox(t)
	o, err := b.Run(t.Context(), Command{Args: args, Limits: l, Env: []string{"COLOUR=green", reexec.AtOnce}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestUnwatchedRunsEndAsWatchedOnes(t *testing.T) {
	if o := unwatched(t, Limits{}, "hello", "box"); o.Exit != (Exit{Code: 3}) || string(o.Stdout.Bytes) != "hello box\n" || o.CPU == 0 || o.Memory == 0 {
		t.Errorf("got %+v", o)
	}
	if o := unwatched(t, Limits{}, "env"); string(o.Stdout.Bytes) != "COLOUR=green\n"+reexec.AtOnce+"\n" {
		t.Errorf("the program saw %q", o.Stdout.Bytes)
	}
	for _, role := range [][]string{{"family", "3", "1ms"}, {"zombies", "2"}, {"orphans", "2", "1h"}, {"daemon"}} {
		o := unwatched(t, Limits{Linger: -1}, role...)
		if o.Exit != (Exit{}) || o.Exceeded != nil || len(o.Processes) != 1 || o.Processes[0].State != Root || len(o.Unseen) == 0 {
			t.Errorf("%v: got %+v", role, o)
		}
	}
}

func TestUnwatchedRunsAreBounded(t *testing.T) {
	for _, test := range []struct {
		limit  string
		limits Limits
		args   []string
	}{
		{"wall", Limits{Wall: 200 * time.Millisecond}, []string{"sleep", "1h"}},
		{"cpu", Limits{CPU: 200 * time.Millisecond}, []string{"spin"}},
		{"memory", Limits{Memory: 1 << 20}, []string{"sleep", "1h"}},
		{"processes", Limits{Processes: 10, Memory: 64 << 30}, []string{"wide", "50"}},
		{"processes", Limits{Processes: 10, Memory: 64 << 30}, []string{"bomb"}},
		{"output", Limits{}, []string{"flood"}},
	} {
		begin := time.Now()
		o := unwatched(t, test.limits, test.args...)
		if o.Exceeded == nil || o.Exceeded.Limit != test.limit || o.Exit.Signal != int(syscall.SIGKILL) {
			t.Errorf("%v: got %+v, %+v", test.args, o.Exceeded, o.Exit)
		}
		t.Logf("%v after %v", test.args, time.Since(begin).Round(time.Millisecond))
	}
}

// TestUnwatchedRunsAreConfined: what a shim takes from a program, a thread of
// init's must take, too, and nothing of it may stay on init.
func TestUnwatchedRunsAreConfined(t *testing.T) {
	b := unwatchedBox(t)
	watched, err := Open(t.Context(), Setup{Program: self(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer watched.Close()
	for range 2 { // nothing of the first run is left for the second
		for _, role := range []string{"limits", "descriptors", "place"} {
			var said [2]string
			for i, in := range []*Box{b, watched} {
				o, err := in.Run(t.Context(), Command{Args: []string{role}, Env: []string{reexec.AtOnce}})
				if err != nil || o.Exit != (Exit{}) {
					t.Fatalf("%s: %+v %v", role, o, err)
				}
				said[i] = string(o.Stdout.Bytes)
			}
			if said[0] != said[1] || said[0] == "" {
				t.Errorf("%s: unwatched it is\n%s, with a shim\n%s", role, said[0], said[1])
			}
		}
	}
}

func init() {
	for name, role := range map[string]func(args []string) int{
		"limits": func([]string) int {
			// An unwatched program has begun by the time it is limited.
			for last := (unix.Rlimit{Max: unix.RLIM_INFINITY}); last.Max == unix.RLIM_INFINITY; {
				unix.Getrlimit(unix.RLIMIT_CPU, &last)
			}
			text, _ := os.ReadFile("/proc/self/limits")
			for line := range strings.Lines(string(text)) {
				if !strings.HasPrefix(line, "Max processes") { // it stands behind the first, late look
					fmt.Print(line)
				}
			}
			fmt.Println(os.Getuid() == 0, os.Getgid() == 0)
			text, _ = os.ReadFile("/proc/self/status")
			for line := range strings.Lines(string(text)) {
				for _, key := range []string{"Groups", "Cap", "NoNewPrivs", "Seccomp:", "SigIgn", "SigBlk"} {
					if strings.HasPrefix(line, key) {
						fmt.Print(line)
					}
				}
			}
			return 0
		},
		"descriptors": func([]string) int {
			open, _ := os.ReadDir("/proc/self/fd")
			for _, f := range open {
				fmt.Print(f.Name(), " ")
			}
			return 0
		},
	} {
		roles[name] = role
	}
}

func TestUnwatchedRunsAreCancelled(t *testing.T) {
	b := unwatchedBox(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := b.Run(ctx, Command{Args: []string{"family", "4", "1h"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func init() {
	roles["init's name"] = func([]string) int { // only who may look into a process sees it
		if name, err := os.ReadFile("/proc/1/comm"); err == nil {
			fmt.Printf("init is seen: %s", name)
		}
		return 0
	}
}

// TestInitKeepsItsPrivileges: the thread that gives everything up to start a program is
// never init's first, by which the kernel judges who may look into init. Where init's
// goroutines could run there, one of the first fifty runs did.
func TestInitKeepsItsPrivileges(t *testing.T) {
	b, err := Open(t.Context(), Setup{Program: self(t), Unwatched: true, Tier: TierB})
	if err != nil {
		t.Skip(err)
	}
	defer b.Close()
	for n := range 400 {
		o, err := b.Run(t.Context(), Command{Args: []string{"init's name"}, Env: []string{reexec.AtOnce}})
		if err != nil || o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
			t.Fatalf("run %d: %v %+v %s", n, err, o.Exit, o.Stdout.Bytes)
		}
	}
}
