package explore

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp"
	"lockstep/mp/trace"
)

// The parts of the work that four workers take, of very different lengths: the fifth is as
// long as all others of a worker's fair share together.
var clockedParts = []int{1, 2, 1, 3, 14, 2, 4, 1, 3, 5, 1, 2, 6, 2, 3, 1, 2, 4, 1, 2}

const clockedWorkers = 4

// toil computes part n.
func toil(n int) {
	x := uint64(n)
	for range clockedParts[n] * 2_000_000 {
		x = x*6364136223846793005 + 1442695040888963407
	}
	if x == 0 {
		fmt.Println(x)
	}
}

// Ways to hand the parts out: by the parent's answers, a pipe, a list, a counted value that
// each has a look at before its lock, and a lock held all the time.
var (
	toilAsked = mp.Func("toilAsked", func(c *mp.Conn) error {
		for {
			if err := c.Send(0); err != nil {
				return err
			}
			n, err := mp.Recv[int](c)
			if err != nil || n < 0 {
				return err
			}
			toil(n)
		}
	})
	toilPiped = mp.Func("toilPiped", func(c *mp.Conn) error {
		for {
			n, err := mp.Recv[int](c)
			if err != nil || n < 0 {
				return err
			}
			toil(n)
		}
	})
	toilListed = mp.Func("toilListed", func(l *mp.List[int]) error {
		for {
			n, err := l.Remove(0)
			if err != nil {
				return nil // it is empty
			}
			toil(n)
		}
	})
	toilCounted = mp.Func("toilCounted", func(v *mp.Value[int]) error {
		for v.Get() < len(clockedParts) {
			v.Lock()
			n := v.Get()
			v.Set(n + 1)
			v.Unlock()
			if n < len(clockedParts) {
				toil(n)
			}
		}
		return nil
	})
	toilLocked = mp.Func("toilLocked", func(v *mp.Value[int]) error {
		for {
			v.Lock()
			n := v.Get()
			if v.Set(n + 1); n < len(clockedParts) {
				toil(n)
			}
			if v.Unlock(); n >= len(clockedParts) {
				return nil
			}
		}
	})
)

// crew starts the workers and joins them, with what goes on meanwhile.
func crew(start func(worker int) (*mp.Process, error), meanwhile func() error) error {
	var all []*mp.Process
	for i := range clockedWorkers {
		p, err := start(i)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	err := meanwhile()
	for _, p := range all {
		err = errors.Join(err, p.Join())
	}
	return err
}

func nothing() error { return nil }

func handsOutWhenAsked() error {
	var ours []*mp.Conn
	return crew(func(int) (*mp.Process, error) {
		a, b, err := mp.Pipe()
		if err != nil {
			return nil, err
		}
		ours = append(ours, a)
		return toilAsked.Start(b)
	}, func() error {
		for n := range len(clockedParts) + clockedWorkers {
			i, err := mp.WaitAny(ours...)
			if err != nil {
				return err
			}
			if _, err := mp.Recv[int](ours[i]); err != nil {
				return err
			}
			if n >= len(clockedParts) {
				n = -1
			}
			if err := ours[i].Send(n); err != nil {
				return err
			}
		}
		return nil
	})
}

func handsOutByPipe() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	return crew(func(int) (*mp.Process, error) { return toilPiped.Start(b) }, func() error {
		for n := range len(clockedParts) + clockedWorkers {
			if n >= len(clockedParts) {
				n = -1
			}
			if err := a.Send(n); err != nil {
				return err
			}
		}
		return nil
	})
}

func handsOutByList() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	for n := range clockedParts {
		if err := l.Append(n); err != nil {
			return err
		}
	}
	return crew(func(int) (*mp.Process, error) { return toilListed.Start(l) }, nothing)
}

func handsOutByNumber(f *mp.Target[*mp.Value[int]]) error {
	v := mp.NewValue(0)
	return crew(func(int) (*mp.Process, error) { return f.Start(v) }, nothing)
}

// inThreads uses mp in two goroutines at once, which no clock of a process tells apart.
func inThreads() error {
	v, done := mp.NewValue(0), make(chan bool)
	for range 2 {
		go func() {
			v.Lock()
			v.Set(v.Get() + 1)
			v.Unlock()
			done <- true
		}()
	}
	<-done
	<-done
	return nil
}

// worksAside does all of the work in a goroutine, while children do as much for show.
func worksAside() error {
	runtime.GOMAXPROCS(2)
	done := make(chan bool)
	go func() {
		for n := range clockedParts {
			toil(n)
		}
		close(done)
	}()
	err := handsOutByNumber(toilCounted)
	<-done
	return err
}

// What a process computes while it is held is no part of being held.
func TestClockedHidesNoWork(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seen, events, err := Clocked(t.Context(), box.Command{Program: self, Args: []string{"be", "works aside"}}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var used time.Duration
	for _, e := range events {
		if e.Proc == "0" {
			used = max(used, e.CPU)
		}
	}
	if used < seen.CPU/3 {
		t.Errorf("the first process used %v of all %v", used, seen.CPU)
	}
}

// How many workers are busy, from when each begins until the last has ended, in a run by a
// clock of its own. The longest part is a quarter of the work; however few cores this machine
// has and whatever else it does, nobody takes parts that another is free for.
func TestClocked(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		program     string
		least, most float64
	}{
		{"hands out when asked", 3, 4}, {"hands out by pipe", 3, 4}, {"hands out by list", 3, 4}, {"hands out by number", 3, 4},
		{"hands out under a lock", 0.8, 1.2}, {"in threads", 0, 0},
	} {
		t.Run(test.program, func(t *testing.T) {
			_, events, err := Clocked(t.Context(), box.Command{Program: self, Args: []string{"be", test.program}}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			begun, used, end := map[string]trace.Event{}, map[string]time.Duration{}, time.Duration(0)
			for _, e := range events {
				switch {
				case e.Proc == "0":
				case e.Kind == trace.Begin:
					begun[e.Proc] = e
				default:
					used[e.Proc], end = e.CPU-begun[e.Proc].CPU, max(end, e.Leave)
				}
			}
			var all, there time.Duration
			for proc, d := range used {
				all += d
				there += end - begun[proc].Leave
			}
			if busy := float64(clockedWorkers*all) / float64(max(there, 1)); busy < test.least || busy > test.most {
				t.Errorf("%.2f workers are busy, want %g to %g; used by each: %v", busy, test.least, test.most, used)
			}
		})
	}
}
