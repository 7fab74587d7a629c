package explore

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp"
)

// Programs that print 6, and what their children have to do with it.
func init() {
	maps.Copy(realPrograms, map[string]func() error{
		"each adds":          func() error { return starts(adds, 1, 2, 3) },
		"each adds, slowly":  func() error { return starts(addsSlowly, 1, 2, 3) },
		"one adds all":       func() error { return starts(adds, 0, 0, 6) },
		"others tell":        func() error { return starts(addsOrTells, 0, 0, 6) },
		"others write":       func() error { return starts(addsOrPrints, 0, 0, 6) },
		"all set the same":   func() error { return starts(sets, 6, 6, 6) },
		"the first sets":     func() error { return starts(setsFirst, 6, 6, 6) },
		"tokens":             func() error { return ignores(tells) },
		"many tokens":        func() error { return ignores(tellsOften) },
		"awaited tokens":     awaits,
		"tokens and circles": func() error { circle(); return ignores(tells) },
		"signals":            hears,
		"a line":             func() error { return prints.run("6") },
		"tasks":              func() error { return mapped(func(sum int) int { return sum }) },
		"ignored tasks":      func() error { return mapped(func(int) int { return 6 }) },
		"until it is done":   func() error { return supervises(1 << 30) },
		"until it gives up":  func() error { return supervises(70) },
	})
}

// share is what a child gets: its number, the sum, and a place for tokens.
type share struct {
	N        int
	Sum, Say *mp.Value[int]
}

type shareTarget = mp.Target[share]

func locked(v *mp.Value[int], change func(int) int) error {
	v.Lock()
	defer v.Unlock()
	v.Set(change(v.Get()))
	return nil
}

func plus(n int) func(int) int { return func(x int) int { return x + n } }

var (
	adds        = mp.Func("adds", func(s share) error { return locked(s.Sum, plus(s.N)) })
	sets        = mp.Func("sets", func(s share) error { s.Sum.Set(s.N); return nil })
	addsOrTells = mp.Func("addsOrTells", func(s share) error {
		if s.N == 0 {
			return locked(s.Say, plus(1))
		}
		return locked(s.Sum, plus(s.N))
	})
	addsOrPrints = mp.Func("addsOrPrints", func(s share) error {
		if s.N == 0 {
			_, err := fmt.Print()
			return err
		}
		return locked(s.Sum, plus(s.N))
	})
	addsSlowly = mp.Func("addsSlowly", func(s share) error {
		for range 10_000 {
			s.Say.Get()
		}
		return locked(s.Sum, plus(s.N))
	})
	setsFirst = mp.Func("setsFirst", func(s share) error {
		s.Sum.Lock()
		defer s.Sum.Unlock()
		if s.Sum.Get() == 0 {
			s.Sum.Set(s.N)
		}
		return nil
	})
	tells      = mp.Func("tells", func(s share) error { return locked(s.Say, plus(1)) })
	tellsOften = mp.Func("tellsOften", func(s share) error {
		for range 10_000 {
			s.Say.Set(1)
		}
		return nil
	})
)

// starts gives a child to each number and prints the sum.
func starts(t *shareTarget, numbers ...int) error {
	sum := mp.NewValue(0)
	err := all(t, sum, mp.NewValue(0), numbers)
	fmt.Println(sum.Get())
	return err
}

func all(t *shareTarget, sum, say *mp.Value[int], numbers []int) (failed error) {
	var started []*mp.Process
	for _, n := range numbers {
		p, err := t.Start(share{n, sum, say})
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}

// ignores wants its children to say something, and works it out by itself.
func ignores(t *shareTarget) error {
	say := mp.NewValue(0)
	if err := all(t, mp.NewValue(0), say, []int{1, 2, 3}); err != nil {
		return err
	}
	if say.Get() == 0 {
		return errors.New("nobody was there")
	}
	fmt.Println(1 + 2 + 3)
	return nil
}

// circle looks at what never changes, for a while.
func circle() {
	v := mp.NewValue(0)
	for range 10_000 {
		v.Get()
	}
}

// awaits is ignores that looks again and again.
func awaits() error {
	say := mp.NewValue(0)
	p, err := tells.Start(share{1, mp.NewValue(0), say})
	if err != nil {
		return err
	}
	for say.Get() == 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println(6)
	return p.Join()
}

var signals = mp.Func("signals", func(e *mp.Event) error { e.Set(); return nil })

// hears is ignores whose child says nothing but that it is there.
func hears() error {
	e := mp.NewEvent()
	p, err := signals.Start(e)
	if err != nil {
		return err
	}
	e.Wait()
	fmt.Println(6)
	return p.Join()
}

type printer struct{ *mp.Target[string] }

var prints = printer{mp.Func("prints", func(text string) error { _, err := fmt.Println(text); return err })}

func (t printer) run(text string) error {
	p, err := t.Start(text)
	if err != nil {
		return err
	}
	return p.Join()
}

// supervises starts children until the sum is there, or there were so many of them.
func supervises(most int) error {
	sum := mp.NewValue(0)
	for n := 0; sum.Get() == 0 && n < most; n++ {
		if err := all(adds, sum, mp.NewValue(0), []int{6}); err != nil {
			return err
		}
	}
	if sum.Get() == 0 {
		sum.Set(6)
	}
	fmt.Println(sum.Get())
	return nil
}

var triples = mp.Task("triples", func(n int) (int, error) { return 3 * n, nil })

func mapped(result func(sum int) int) error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	got, err := triples.Map(pool, []int{1, 1})
	if err != nil || got[0] == 0 {
		return errors.Join(err, errors.New("nobody was there"))
	}
	fmt.Println(result(got[0] + got[1]))
	return pool.Close()
}

// TestRunSpoilt: a program that owes its output to its children prints another one when
// their work is spoilt. Where it does not, the first run that comes out right says so.
func TestRunSpoilt(t *testing.T) {
	t.Parallel() // some runs wait for a limit
	each := Spoil{Each: true, Used: true}
	for name, test := range map[string]struct {
		Spoil
		right string // how the work was spoilt, and whose it was; "": no run is right
		bare  bool
	}{
		"each adds":          {Spoil: each},
		"each adds, slowly":  {},
		"one adds all":       {Spoil: each, right: "left out adds-1"},
		"others tell":        {Spoil: Spoil{Used: true}, right: "changed addsOrTells-1"},
		"others write":       {Spoil: Spoil{Used: true}, right: "changed addsOrPrints-1", bare: true},
		"all set the same":   {Spoil: Spoil{Used: true}},
		"the first sets":     {Spoil: Spoil{Used: true}},
		"tokens":             {right: "changed tells-1, tells-2, tells-3"},
		"many tokens":        {right: "changed tellsOften-1"},
		"tokens and circles": {right: "changed "}, // whose, nobody saw
		"awaited tokens":     {Spoil: Spoil{Used: true}, right: "changed tells-1"},
		"signals":            {right: "changed signals-1", bare: true},
		"a line":             {Spoil: each},
		"tasks":              {Spoil: each},
		"until it is done":   {},
		"until it gives up":  {right: "left out "}, // whose, nobody saw
		"ignored tasks":      {right: "changed task 1 of triples, task 2 of triples"},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && (name == "awaited tokens" || name == "until it is done") {
				t.Skip("it goes on until it reaches a limit")
			}
			t.Parallel()
			r := requestFor(t, name)
			r.Budget, r.Command.Limits.Wall = 20*time.Second, 3*time.Second
			if strings.HasPrefix(name, "until") {
				r.Command.Limits.Wall = time.Minute // not what ends them
			}
			r.Expect = func(seen *box.Observation) Fault {
				if string(seen.Stdout.Bytes) != "6\n" {
					return Fault{Text: "another output"}
				}
				return Fault{}
			}
			runs, obstacle, err := RunSpoilt(t.Context(), r, test.Spoil)
			if err != nil || obstacle != "" || len(runs) == 0 || len(runs) == 1 && !runs[0].Right {
				t.Fatalf("%d runs, %s: %v", len(runs), obstacle, err)
			}
			last := runs[len(runs)-1]
			if last.Long {
				t.Fatalf("given up: %+v", last)
			}
			right := ""
			if last.Right {
				right = map[Way]string{LeftOut: "left out ", Changed: "changed "}[last.Way] + strings.Join(last.Work, ", ")
			}
			if test.right == "" && right != "" || !strings.HasPrefix(right, test.right) || right != "" && last.Bare != test.bare {
				t.Errorf("right: %q, bare: %v; wanted %q, %v", right, last.Bare, test.right, test.bare)
			}
		})
	}
}

func init() {
	maps.Copy(realPrograms, map[string]func() error{
		"stopped, told":     func() error { return stopped(true, false) },
		"stopped, by heart": func() error { return stopped(false, false) },
		"stopped, foreign":  func() error { return stopped(true, true) },
	})
}

// untilTold is a child that has its say once it is told that there is no more.
var untilTold = mp.Func("untilTold", func(s share) error {
	if err := locked(s.Say, plus(1)); err != nil {
		return err
	}
	for s.Say.Get() < 9 {
		mp.Sleep(time.Millisecond)
	}
	return locked(s.Sum, plus(s.N))
})

// stopped waits for a signal, and prints what its child has told, or what it knows anyway.
func stopped(told, foreign bool) error {
	if foreign {
		if err := exec.Command("/proc/self/exe", "nothing to be").Run(); err == nil {
			return errors.New("it was something")
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, mp.Terminate)
	s := share{6, mp.NewValue(0), mp.NewValue(0)}
	p, err := untilTold.Start(s)
	if err != nil {
		return err
	}
	fmt.Println("working")
	<-stop
	s.Say.Set(9)
	if err := p.Join(); err != nil {
		return err
	}
	if told {
		fmt.Println(s.Sum.Get())
	} else {
		fmt.Println(6)
	}
	return nil
}

// TestRunSpoiltBySignals: a program that is sent signals is not held, and what it owes to
// its children is found all the same.
func TestRunSpoiltBySignals(t *testing.T) {
	for name, want := range map[string]string{
		"stopped, told":     "[]",
		"stopped, by heart": "[untilTold-1]",
		"stopped, foreign":  string(Foreigners),
	} {
		t.Run(name, func(t *testing.T) {
			r := requestFor(t, name)
			r.Command.Signals = []box.Signal{{Number: mp.Terminate, After: "working"}}
			r.Expect = func(seen *box.Observation) Fault {
				if string(seen.Stdout.Bytes) != "working\n6\n" {
					return Fault{Text: "another output"}
				}
				return Fault{}
			}
			runs, obstacle, err := RunSpoilt(t.Context(), r, Spoil{})
			if err != nil {
				t.Fatal(err)
			}
			got := string(obstacle)
			if obstacle == "" {
				var right []string
				for _, run := range runs {
					if run.Right {
						right = run.Work
					}
				}
				got = fmt.Sprint(right)
			}
			if got != want {
				t.Errorf("got %s of %+v, want %s", got, runs, want)
			}
		})
	}
}
