//go:build unix

package control

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// played is what one run came to.
type played struct {
	how   string // "ended", "deadlocked", "hung"
	world *model.World
	seen  *box.Observation
	waits []model.Waiting
}

func (p played) String() string {
	var b strings.Builder
	for _, e := range p.world.Events {
		fmt.Fprintf(&b, "%-6s %s %s %s %s(%s) = %s %v\n", p.world.PathOf(e.Proc), e.Op.Kind, e.Op.Object, e.Op.Method, e.Op.Key, e.Op.Arg, e.Op.Result, e.Op.Site)
	}
	for _, w := range p.waits {
		fmt.Fprintf(&b, "%s waits for %s, %s\n", p.world.Title(w.Proc), w.For, w.Why)
	}
	return b.String()
}

// play makes one run in which chance decides who goes on.
func play(t testing.TB, program model.Program, chance *rand.Rand) played {
	t.Helper()
	r, err := program.Begin(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := drive(r, chance)
	seen, err2 := r.Finish()
	if err != nil || err2 != nil {
		t.Fatalf("%v %v\n%v", err, err2, p)
	}
	p.seen = seen
	return p
}

func drive(r model.Run, chance *rand.Rand) (p played, err error) {
	w := model.NewWorld(model.NewNames(), model.Options{Ordered: true})
	p.world = w
	news, err := r.Settle()
	if err != nil || len(news) == 0 {
		p.how = "ended"
		return p, err
	}
	if _, err := w.Begin(news[0].Path); err != nil {
		return p, err
	}
	for steps := 0; steps < 2000; steps++ {
		for _, n := range news {
			switch q := w.At(n.Path); {
			case n.Hung:
				p.how = "hung"
				return p, nil
			case q.Ended >= 0:
			case n.Op != nil:
				w.Post(q, *n.Op, n.Said)
			default:
				w.Died(q, n.Said)
			}
		}
		news = nil
		enabled, _ := w.Enabled()
		if enabled == 0 {
			q, ok := w.Timeout()
			switch {
			case !ok && w.Living():
				p.how, p.waits = "deadlocked", w.Waits()
				return p, nil
			case !ok:
				p.how = "ended"
				return p, nil
			}
			if g, goes := w.Pass(q); goes {
				if news, err = let(r, w, q, g, w.Passed); err != nil {
					return p, err
				}
			}
			continue
		}
		for n := chance.IntN(enabled.Len()); n > 0; n-- {
			enabled = enabled.Rest()
		}
		q := w.Proc(enabled.First())
		if news, err = let(r, w, q, w.Grant(q), w.Made); err != nil {
			return p, err
		}
	}
	p.how = "endless"
	return p, nil
}

func let(r model.Run, w *model.World, q *model.Proc, g model.Grant, record func(*model.Proc, trace.Event) (int, error)) (news []model.News, err error) {
	result := w.Next(q).Op
	if g.Real {
		if err := r.Let(q.Path, g); err != nil {
			return nil, err
		}
		if news, err = r.Settle(); err != nil {
			return nil, err
		}
		for _, n := range news {
			if n.Path == q.Path && n.Result != nil {
				result.Result, result.Outcome = n.Result.Result, n.Result.Outcome
			}
		}
	}
	_, err = record(q, result)
	return news, err
}

func open(t testing.TB, name string) *Program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(box.Command{Program: self, Args: []string{"be", name}, Env: []string{"HOME=/tmp", "GORACE=atexit_sleep_ms=0"}, Limits: box.Limits{Wall: 2 * time.Second, Output: 4 << 10}}, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestRunsComeOut holds programs at every operation, lets chance decide who goes
// on, and looks how each run ends.
func TestRunsComeOut(t *testing.T) {
	for _, c := range []struct {
		name, how string
		code      int
		output    func(string) bool
	}{
		{"counter", "ended", 0, func(s string) bool { return s == "1\n" || s == "2\n" || s == "3\n" }},
		{"pipes", "ended", 0, is("0 <nil>\n1 <nil>\n4 <nil>\n")},
		{"pool", "ended", 0, is("[1 4 9 16 25] <nil>\n")},
		{"loop", "ended", 0, is("14\n")},
		{"calls", "ended", 0, func(s string) bool {
			return s == "16 false <nil>\n9 true <nil>\n" || s == "16 true <nil>\n9 true <nil>\n"
		}},
		{"manager", "ended", 0, is("[1 2]\n")},
		{"meeting", "ended", 0, is("<nil>\n")},
		{"cond", "ended", 0, is("false\n")},
		{"killed", "ended", 0, is("true\n")},
		{"panics", "ended", 0, is("true\n")},
		{"prints", "ended", 0, is("abc\n")},
		{"large", "ended", 0, is("1048576 <nil>\n")},
		{"exits", "ended", 3, is("gone\n")},
		{"queue", "ended", 0, is("0\n1\n2\n")},
		{"several", "ended", 0, is("14\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			program := open(t, c.name)
			for seed := range uint64(10) {
				p := play(t, program, rand.New(rand.NewPCG(seed, 0)))
				if p.how != c.how || !c.output(string(p.world.Output)) || p.seen.Exit.Code != c.code || p.seen.Exceeded != nil {
					t.Fatalf("seed %d: %s, %+v, %q, %s, %v:\n%v", seed, p.how, p.seen.Exit, p.world.Output, p.seen.Stderr.Bytes, p.seen.Exceeded, p)
				}
			}
			if program.Obstacle() != "" {
				t.Error("a process is said to do more than one thing at a time")
			}
		})
	}
}

func is(want string) func(string) bool { return func(s string) bool { return s == want } }

// TestOneCallPrintsOnePiece holds a program that prints by two calls, one of them
// more than what comes out at once.
func TestOneCallPrintsOnePiece(t *testing.T) {
	if packet == 0 {
		t.Skip("calls can't be told apart here")
	}
	program := open(t, "writes")
	program.command.Limits.Output = 0
	p := play(t, program, rand.New(rand.NewPCG(1, 0)))
	var pieces []int
	for _, e := range p.world.Events {
		if e.Op.Kind == trace.Print {
			pieces = append(pieces, len(e.Op.Arg))
		}
	}
	if !slices.Equal(pieces, []int{8002, len("short\n")}) {
		t.Errorf("pieces of %v bytes", pieces)
	}
}

// TestBadManners holds programs that do what they should not.
func TestBadManners(t *testing.T) {
	for _, c := range []struct {
		name  string
		right func(played, *Program) bool
	}{
		{"hangs", func(p played, _ *Program) bool { return p.how == "hung" }},
		{"threads", func(_ played, q *Program) bool { return q.Obstacle() == model.Goroutines }},
		{"floods", func(p played, _ *Program) bool { return p.seen.Exceeded != nil && p.seen.Exceeded.Limit == "output" }},
		{"lies", func(p played, _ *Program) bool { return p.how == "ended" && p.seen.Exit.Signal == 9 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			program := open(t, c.name)
			program.patience = time.Second // to start, too, and a slow machine may take most of it
			for seed := range uint64(2) {
				if p := play(t, program, rand.New(rand.NewPCG(seed, 0))); !c.right(p, program) {
					t.Fatalf("%s, %+v, %v:\n%v", p.how, p.seen.Exit, p.seen.Exceeded, p)
				}
			}
		})
	}
}
