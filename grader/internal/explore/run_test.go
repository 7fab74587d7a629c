package explore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/explore/detect"
	"lockstep/mp"
)

// The real programs of these tests are this test's executable, told by its
// arguments which one to be.
func TestMain(m *testing.M) {
	box.Init()
	if len(os.Args) > 2 && os.Args[1] == "be" {
		mp.Main(realPrograms[os.Args[2]])
	}
	os.Exit(m.Run())
}

var realPrograms = map[string]func() error{
	"unlocked":   func() error { return counts(incrementUnlocked, 3) },
	"locked":     func() error { return counts(incrementLocked, 3) },
	"many":       func() error { return counts(incrementLocked, 5) },
	"crossed":    crossed,
	"long":       long,
	"looks":      func() error { return counts(incrementWhenUntraced, 3) },
	"in threads": inThreads,

	"works aside": worksAside,

	"hands out when asked":   handsOutWhenAsked,
	"hands out by pipe":      handsOutByPipe,
	"hands out by list":      handsOutByList,
	"hands out by number":    func() error { return handsOutByNumber(toilCounted) },
	"hands out under a lock": func() error { return handsOutByNumber(toilLocked) },
}

// incrementWhenUntraced is right only where nobody traces it.
var incrementWhenUntraced = mp.Func("incrementWhenUntraced", func(v *mp.Value[int]) error {
	if status, _ := os.ReadFile("/proc/self/status"); strings.Contains(string(status), "TracerPid:\t0\n") {
		v.Lock()
		defer v.Unlock()
	}
	v.Set(v.Get() + 1)
	return nil
})

// TestProgramsThatLookForATracer are not found right for what they do without one.
func TestProgramsThatLookForATracer(t *testing.T) {
	r := requestFor(t, "looks")
	r.Budget = time.Second
	report, err := Run(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if report.Outcome != Failed && report.Outcome != NotDeterministic {
		t.Errorf("%s: %s", report.Outcome, report.Text)
	}
}

var incrementUnlocked = mp.Func("increment", func(v *mp.Value[int]) error {
	v.Set(v.Get() + 1)
	return nil
})

var incrementLocked = mp.Func("incrementLocked", func(v *mp.Value[int]) error {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
	return nil
})

func counts(f *mp.Target[*mp.Value[int]], n int) error {
	v := mp.NewValue(0)
	var all []*mp.Process
	for range n {
		p, err := f.Start(v)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	var failed error
	for _, p := range all {
		failed = errors.Join(failed, p.Join())
	}
	fmt.Println(v.Get() == n)
	return failed
}

var takesBoth = mp.Func2("takesBoth", func(first, second *mp.Lock) error {
	fmt.Print("first ")
	first.Lock()
	second.Lock()
	fmt.Println("both")
	second.Unlock()
	first.Unlock()
	return nil
})

func crossed() error {
	a, b := mp.NewLock(), mp.NewLock()
	p, err := takesBoth.Start(a, b)
	if err != nil {
		return err
	}
	q, err := takesBoth.Start(b, a)
	if err != nil {
		return err
	}
	return errors.Join(p.Join(), q.Join())
}

// long joins its child and does not end.
func long() error {
	p, err := incrementLocked.Start(mp.NewValue(0))
	if err == nil {
		err = p.Join()
	}
	time.Sleep(time.Hour)
	return err
}

// requestFor is a request for one of the programs.
func requestFor(t *testing.T, name string) Request {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Request{
		Command: box.Command{Program: self, Args: []string{"be", name}, Env: []string{"HOME=/tmp", "GORACE=atexit_sleep_ms=0"}},
		Budget:  time.Minute, Seed: 1,
		Expect: func(seen *box.Observation) Fault {
			if name != "crossed" && string(seen.Stdout.Bytes) != "true\n" {
				return Fault{Of: "stdout", Text: fmt.Sprintf("expected true, seen %s", seen.Stdout.Bytes)}
			}
			return Fault{}
		},
	}
}

func TestRunRealProcesses(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome Outcome
		pattern detect.Pattern
	}{
		{"unlocked", Failed, detect.LostUpdate},
		{"locked", Verified, ""},
		{"crossed", Failed, detect.Deadlock},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Run(context.Background(), requestFor(t, c.name))
			if err != nil {
				t.Fatal(err)
			}
			if r.Outcome != c.outcome || c.pattern != "" && r.Failures[0].Pattern != c.pattern {
				t.Errorf("%s: %s %+v", r.Outcome, r.Text, r.Failures)
			}
			if c.outcome == Verified && (!r.Complete || r.Text != "verified: all 6 interleavings") {
				t.Errorf("%s", r.Text)
			}
		})
	}
}

// TestSpoiltRunsThatTakeLong: a run that is given up costs the runs after it nothing.
func TestSpoiltRunsThatTakeLong(t *testing.T) {
	if testing.Short() {
		t.Skip("its runs go on until they reach a limit")
	}
	t.Parallel()
	r := requestFor(t, "long")
	r.Budget, r.Command.Limits.Wall = time.Second, 2*time.Second
	runs, _, err := RunSpoilt(t.Context(), r, Spoil{Each: true, Used: true})
	if err != nil || len(runs) < 2 {
		t.Fatalf("%d runs: %v", len(runs), err)
	}
	for _, run := range runs {
		if run.Right {
			t.Errorf("what did not end came out right: %+v", run)
		}
	}
}

// TestReplaysAreTheSame runs failing schedules again and again: each must fail in
// the same way, step by step, and print the same bytes. LOCKSTEP_REPLAYS says how
// often.
func TestReplaysAreTheSame(t *testing.T) {
	t.Parallel()
	times, schedules := 2, 3
	if testing.Short() {
		times, schedules = 1, 1
	}
	if s := os.Getenv("LOCKSTEP_REPLAYS"); s != "" {
		times, _ = strconv.Atoi(s)
		schedules = 100
	}
	replayed := 0
	for _, name := range []string{"unlocked", "crossed"} {
		r := requestFor(t, name)
		r.Workers = 2
		program, err := control.New(r.Command, false)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { program.Close() })
		r.All = true
		found, err := explore(context.Background(), program, r)
		if err != nil {
			t.Fatal(err)
		}
		r.All = false
		for _, f := range found.Failures[:min(len(found.Failures), schedules)] {
			r.Schedule = f.Schedule
			for range times {
				again, err := explore(context.Background(), program, r)
				if err != nil {
					t.Fatal(err)
				}
				if !again.Replayed.Failed || again.Replayed.Left != "" {
					t.Fatalf("%s: %+v", f.Schedule, again.Replayed)
				}
				g := again.Failures[0]
				if g.Pattern != f.Pattern || g.Message != f.Message || g.Stdout != f.Stdout || len(g.Steps) != len(f.Steps) {
					t.Fatalf("%s: %s %q %q, then %s %q %q", f.Schedule, f.Pattern, f.Message, f.Stdout, g.Pattern, g.Message, g.Stdout)
				}
				replayed++
			}
		}
	}
	t.Logf("%d replays", replayed)
}
