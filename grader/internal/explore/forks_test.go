package explore

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// counted counts runs, or fails.
type counted struct {
	model.Program
	runs int
	err  error
}

func (c *counted) Begin(ctx context.Context, worker int) (model.Run, error) {
	c.runs++
	if c.err != nil {
		return nil, c.err
	}
	return c.Program.Begin(ctx, worker)
}

// TestForks explores what has too many interleavings to count all, with cheaper runs that
// are true, lie, or can't be had.
func TestForks(t *testing.T) {
	decimal := func(locked bool, wrong int) func(*proc) { // the workers' order, as a number
		return func(p *proc) {
			l, v := p.Lock("l"), p.Value("order", 0)
			var all []string
			for i := range 5 {
				all = append(all, p.Start("worker", func(p *proc) {
					if locked {
						p.Take(l)
						defer p.Free(l)
					}
					p.Set(v, 10*p.Get(v)+i+1)
				}))
			}
			for _, k := range all {
				p.Join(k)
			}
			if p.Local = 1; p.Get(v) == wrong || p.Get(v) < 10_000 {
				p.Local = 0
			}
		}
	}
	right := decimal(true, 0)
	const late = 24531
	for name, test := range map[string]struct {
		main  func(*proc)
		forks counted
		want  Outcome
		fewer bool // of them are made than could be
	}{
		"true":            {main: right, forks: counted{Program: simulated.New(right, true)}, want: Verified},
		"of a late fault": {main: decimal(true, late), forks: counted{Program: simulated.New(decimal(true, late), true)}, want: Failed},
		"that go wrong":   {main: right, forks: counted{Program: simulated.New(decimal(false, 0), true)}, want: Verified, fewer: true},
		"that can't be":   {main: right, forks: counted{err: errors.New("no")}, want: Verified, fewer: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := exploring(t, test.main, Request{Expect: ends(1), Unordered: true, forks: &test.forks, recall: true})
			if r.Outcome != test.want || r.Outcome == Verified && !r.Complete {
				t.Errorf("%s: %s", r.Outcome, r.Text)
			}
			if n := test.forks.runs; n == 0 || test.fewer != (n == 1) {
				t.Errorf("%d runs were forked", n)
			}
			if r.Outcome == Failed {
				again := exploring(t, test.main, Request{Expect: ends(1), Unordered: true, Schedule: r.Failures[0].Schedule})
				if again.Replayed == nil || !again.Replayed.Failed {
					t.Errorf("replayed: %+v", again.Replayed)
				}
			}
		})
	}
}

func TestForkable(t *testing.T) {
	const begin = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n\n\t\"lockstep/mp\"\n)\n\nvar work = mp.Func(\"work\", func(v *mp.Value[int]) error { v.Set(1); return nil })\n\nfunc main() { mp.Main(run) }\n\n"
	for text, want := range map[string]bool{
		"func run() error { fmt.Println(os.Args, 2*time.Second, os.Getpid()); return nil }":        true,
		"const long = 3 * time.Second\n\nvar seen int":                                             true,
		"func run() error { go work.Start(mp.NewValue(0)); return nil }":                           false,
		"func run() error { _, err := mp.NewPool(2); return err }":                                 false,
		"func run() error { _, err := work.NewPool(2, nil); return err }":                          false,
		"func run() error { p, err := work.Named(\"Ada\").Start(nil); mp.WaitAny(p); return err }": true,
		"func run() error { time.Sleep(1); return nil }":                                           false,
		"func run() error { return os.WriteFile(\"x\", nil, 0o600) }":                              false,
		"var shared = mp.NewValue(0)":                                                              false,
		"var now = time.Now()":                                                                     false,
		"func init() { fmt.Println() }":                                                            false,
		"func run() error {":                                                                       false,
	} {
		if got := forkable(map[string][]byte{"main.go": []byte(begin + text)}); got != want {
			t.Errorf("%v: %s", got, text)
		}
	}
	for _, imports := range []string{`"os/exec"`, `. "fmt"`, `o "os"`, `_ "embed"`} {
		if forkable(map[string][]byte{"main.go": []byte("package main\n\nimport " + imports)}) {
			t.Errorf("import %s", imports)
		}
	}
	if forkable(nil) {
		t.Error("nothing is known of a program without a text")
	}
}

// TestForkedProcesses verifies, by real forks, what fresh processes take much longer for.
func TestForkedProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long where processes can't be forked; TestForks has simulated forks, and that of control real ones")
	}
	text, err := os.ReadFile("../../../solutions/10-lost-updates/main.go")
	if err != nil || !forkable(map[string][]byte{"main.go": text}) {
		t.Fatalf("exercise 10's solution can't be forked: %v", err)
	}
	r := requestFor(t, "many")
	r.Sources, r.Budget, r.Unordered = map[string][]byte{"main.go": text}, 2*time.Minute, true
	report, err := Run(t.Context(), r)
	if err != nil || report.Outcome != Verified || !strings.HasPrefix(report.Text, "verified: all") {
		t.Errorf("%v: %+v", err, report)
	}
}
