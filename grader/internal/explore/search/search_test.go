package search

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// counter has n processes that add one to a value, with a lock or without.
func counter(n int, locked bool) *simulated.Program {
	return simulated.New(func(p *simulated.Proc) {
		v, l := p.Value("v", 0), p.Lock("l")
		var children []string
		for range n {
			children = append(children, p.Start("add", func(p *simulated.Proc) {
				if locked {
					p.Take(l)
				}
				p.Set(v, p.Get(v)+1)
				if locked {
					p.Free(l)
				}
			}))
		}
		for _, k := range children {
			p.Join(k)
		}
		p.Local = p.Get(v)
	}, true)
}

// lost reports whether a run of counter went wrong.
func lost(e *Execution, n int) bool {
	return e.Ending != Ended || string(e.Observed.Stderr.Bytes[:4]) != fmt.Sprintf("0=%d\n", n)
}

func settings(saw func(*Execution) bool) Settings {
	return Settings{Workers: 3, Until: time.Now().Add(time.Minute), Saw: saw}
}

func TestCompleteSearchRunsEachInterleavingOnce(t *testing.T) {
	runs, repeated := 0, 0
	r, err := Explore(context.Background(), counter(4, true), settings(func(e *Execution) bool {
		runs++
		if !e.New {
			repeated++
		}
		if lost(e, 4) {
			t.Errorf("a right program went wrong: %s", ScheduleOf(e.World))
		}
		return true
	}))
	if err != nil {
		t.Fatal(err)
	}
	// The second run of the default schedule and the first of the search repeat it.
	if !r.Complete || r.Classes != 24 || repeated != 2 {
		t.Errorf("complete %t, %d classes, %d runs of which %d repeated; want true, 4! = 24, 2 repeated", r.Complete, r.Classes, runs, repeated)
	}
	if r.Share != 1 {
		t.Errorf("a complete search covers a share of %v", r.Share)
	}
}

// slowly is a program on a machine on which every run takes long.
type slowly struct{ model.Program }

func (s slowly) Begin(ctx context.Context, worker int) (model.Run, error) {
	time.Sleep(20 * time.Millisecond)
	return s.Program.Begin(ctx, worker)
}

func TestSlowMachineGetsMoreTime(t *testing.T) {
	for _, times := range []float64{0, 1, 100} {
		s := settings(func(*Execution) bool { return true })
		s.Until = time.Now().Add(100 * time.Millisecond)
		if times > 0 {
			s.Slow = func() float64 { return times }
		}
		r, err := Explore(context.Background(), slowly{counter(4, true)}, s)
		if err != nil {
			t.Fatal(err)
		}
		if want := times == 100; r.Complete != want {
			t.Errorf("%v times: complete %t after %d runs, want %t", times, r.Complete, r.Started, want)
		}
	}
}

func TestMinimisedFailureSwitchesOnce(t *testing.T) {
	var worst *Execution
	_, err := Explore(context.Background(), counter(3, false), settings(func(e *Execution) bool {
		if lost(e, 3) && (worst == nil || e.Switches() > worst.Switches()) {
			worst = e
		}
		return true
	}))
	if err != nil || worst == nil {
		t.Fatalf("no lost update found: %v", err)
	}
	if worst.Switches() < 2 {
		t.Fatalf("the worst failure has %d switches only", worst.Switches())
	}
	program := counter(3, false)
	same := func(e *Execution) bool { return lost(e, 3) }
	least, err := Minimise(context.Background(), program, model.Options{}, worst, same, 50)
	if err != nil || least.Switches() != 1 || !same(least) {
		t.Errorf("minimised from %d to %d switches, failing %t, %v; want 1", worst.Switches(), least.Switches(), same(least), err)
	}
	e, how, err := Follow(context.Background(), program, model.Options{}, ScheduleOf(least.World), nil)
	if err != nil || how.Left != "" || how.Made != len(least.World.Events) || !lost(e, 3) {
		t.Errorf("replay: %d of %d steps, left %q, failing %t, %v", how.Made, len(least.World.Events), how.Left, lost(e, 3), err)
	}
}

func TestScheduleIsFollowedOnChangedProgramAsFarAsItGoes(t *testing.T) {
	e, _, err := Follow(context.Background(), counter(3, false), model.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var told int
	f, how, err := Follow(context.Background(), counter(2, true), model.Options{}, ScheduleOf(e.World), func(*model.World, model.ID) { told++ })
	if err != nil || f.Ending != Ended {
		t.Fatalf("ending %q, %v", f.Ending, err)
	}
	if how.Made == 0 || how.Made >= len(e.World.Events) || how.Left == "" || how.At == 0 || how.At > len(e.World.Events) {
		t.Errorf("of %d steps, made as the schedule says: %+v", len(e.World.Events), how)
	}
	if told != len(f.World.Events) {
		t.Errorf("told of %d steps out of %d", told, len(f.World.Events))
	}
}

func TestSchedulesSurviveBeingWritten(t *testing.T) {
	for _, text := range []string{"0", "0:7,0.1:2,0,0.2.1:3", "0:7,0.1,0.2:3,again:2:400,0", "0,0.1,again:2:3", "0,0.1+1:2,0.1+1.2,0.1+10"} {
		s, err := ParseSchedule(text)
		if err != nil || s.String() != text {
			t.Errorf("%q came back as %q, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "1..2", "a", "0:0", "0:x", "0:99999999", "0,,0", "0.1+", "0.1+0", "+1"} {
		if s, err := ParseSchedule(text); err == nil {
			t.Errorf("%q was read as %v", text, s)
		}
	}
}

// moody's second process does something else in every other run.
func moody(value bool) *simulated.Program {
	runs := 0
	return simulated.New(func(p *simulated.Proc) {
		runs++
		n := runs
		v, l := p.Value("v", 0), p.Lock("l")
		p.Join(p.Start("child", func(p *simulated.Proc) {
			switch {
			case value:
				p.Set(v, n)
			case n%2 == 0:
				p.Take(l)
			default:
				p.Get(v)
			}
		}))
	}, true)
}

func TestDifferentRunsOfOneScheduleAreNamed(t *testing.T) {
	for _, value := range []bool{false, true} {
		runs := 0
		s := settings(func(*Execution) bool { runs++; return runs < 20 })
		s.Workers = 1
		r, err := Explore(context.Background(), moody(value), s)
		if err != nil {
			t.Fatal(err)
		}
		d := r.Differs
		if d == nil || d.Path != "0.1" || d.First.Site.File != "search_test.go" {
			t.Fatalf("value %t: difference %+v", value, d)
		}
		if r.Lost == value {
			t.Errorf("value %t: lost %t", value, r.Lost)
		}
		if !value && (r.Complete || runs < 20) {
			t.Errorf("complete %t after %d runs: random schedules should have taken over", r.Complete, runs)
		}
	}
}

// TestRandomSchedulesFind looks for a lost update without systematic search.
func TestRandomSchedulesFind(t *testing.T) {
	failing := 0
	x := &explorer{Settings: settings(func(e *Execution) bool {
		if lost(e, 3) {
			failing++
		}
		return failing < 3
	}), ctx: context.Background(), program: counter(3, false), names: model.NewNames(), classes: map[uint64]bool{}, past: histories{}, steps: 20}
	if err := x.random(x.Until); err != nil || failing != 3 {
		t.Errorf("%d failing runs, %v", failing, err)
	}
}

// TestRandomSchedulesComeFirstWhereThereAreTooMany has seven processes write their number, and
// wants the first of them to be last: depth first, that is so in none of many runs. The time
// to ask how long it will take has come before the first.
func TestRandomSchedulesComeFirstWhereThereAreTooMany(t *testing.T) {
	program := simulated.New(func(p *simulated.Proc) {
		v := p.Value("v", 0)
		fan(p, 7, func(q *simulated.Proc, i int) { q.Set(v, i+1) })
		p.Local = p.Get(v)
	}, true)
	for _, first := range []time.Duration{0, time.Nanosecond} {
		runs, found := 0, false
		s := settings(func(e *Execution) bool {
			runs++
			found = found || strings.HasPrefix(string(e.Observed.Stderr.Bytes), "0=1\n")
			return !found && runs < 500
		})
		s.Workers = 1 // which of several is ahead, and thus what comes first, is chance
		s.Until = time.Now().Add(time.Hour)
		x := &explorer{Settings: s, ctx: context.Background(), program: program, names: model.NewNames(), classes: map[uint64]bool{}, past: histories{}, steps: 20}
		x.later = func(_ time.Duration, ask func()) *time.Timer {
			ask()
			return time.NewTimer(0)
		}
		if err := x.systematic(time.Now().Add(time.Minute), first); err != nil || found != (first > 0) {
			t.Errorf("random schedules first %t: found %t in %d runs, %v", first > 0, found, runs, err)
		}
	}
}

// TestChanceIsNoticedThoughTimeIsOver: whether two runs differ is looked at before all
// interleavings are said to be known, although the first or second was given up when time was over.
func TestChanceIsNoticedThoughTimeIsOver(t *testing.T) {
	reads := func(p *simulated.Proc, v string) {
		for range 2 * lookAtClock {
			p.Get(v)
		}
	}
	begin := time.Now()
	once := simulated.New(func(p *simulated.Proc) { reads(p, p.Value("v", 0)) }, true)
	if _, _, err := Clocked(t.Context(), once, model.Options{}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	limit := max(200*time.Millisecond, 2*unhurried*time.Since(begin)) // of runs that are not slow there are many in it
	for slow, chance := range map[int]bool{1: true, 2: true, -1: false} {
		s := settings(nil)
		s.Workers, s.Until = 1, time.Now().Add(limit)
		s.Slow = func() float64 { return 10 }
		run := 0
		got, err := Explore(context.Background(), simulated.New(func(p *simulated.Proc) {
			v := p.Value("v", 0)
			if run++; run == slow {
				for time.Now().Before(s.Until) {
				}
			}
			reads(p, v)
			if chance && run == 4 { // after the search
				p.Get(v)
			}
		}, true), s)
		if err != nil || got.Complete == chance || (got.Differs != nil) != chance {
			t.Errorf("run %d is slow: complete %t, differs %v, %v, %d runs", slow, got.Complete, got.Differs, err, run)
		}
	}
}

// TestOneInterleavingTakesLongerThanThereIs: it is known all the same that it is the only one.
func TestOneInterleavingTakesLongerThanThereIs(t *testing.T) {
	s := settings(nil)
	s.Workers, s.Until = 1, time.Now().Add(time.Millisecond)
	got, err := Explore(context.Background(), simulated.New(func(p *simulated.Proc) {
		v := p.Value("v", 0)
		// Longer than a busy machine has another program go before.
		for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {
		}
		p.Get(v)
	}, true), s)
	if err != nil || !got.Complete || got.Classes != 1 {
		t.Errorf("complete %t, %d interleavings, %v", got.Complete, got.Classes, err)
	}
}

func TestVast(t *testing.T) {
	for share, want := range map[float64]bool{0: true, 0.1: true, 0.19: true, 0.21: false, 1: false} {
		if got := vast(share, time.Second, 4*time.Second); got != want {
			t.Errorf("%v of it in a second, and four are left: %t, want %t", share, got, want)
		}
	}
}

// TestWaysThatAreNotOnRecordAreNoticed has two processes that share a number which
// no operation shows.
func TestWaysThatAreNotOnRecordAreNoticed(t *testing.T) {
	for _, shared := range []bool{true, false} {
		program := simulated.New(func(p *simulated.Proc) {
			n := 0
			v, l := p.Value("v", 0), p.Lock("l")
			a := p.Start("writes", func(p *simulated.Proc) {
				p.Take(l)
				n = 1
				p.Free(l)
			})
			b := p.Start("reads", func(p *simulated.Proc) {
				p.Take(l)
				if n == 1 && shared {
					p.Set(v, 1)
				}
				p.Free(l)
			})
			p.Join(a)
			p.Join(b)
		}, true)
		r, err := Explore(context.Background(), program, settings(nil))
		if err != nil || r.Differs != nil {
			t.Fatalf("%v, %+v", err, r.Differs)
		}
		if (r.Hidden != nil) != shared || shared && r.Hidden.Path != "0.2" {
			t.Errorf("shared %t: %+v", shared, r.Hidden)
		}
	}
}
