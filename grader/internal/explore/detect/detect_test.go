package detect_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/grader/internal/explore/simulated"
)

type proc = simulated.Proc

const large = 1 << 20 // more than a pipe holds

// run makes one run of a program. The schedule says who makes each step; from where it
// ends, or can't be followed, processes go on as long as they can.
func run(t *testing.T, main func(*proc), o model.Options, schedule string) *search.Execution {
	t.Helper()
	var s search.Schedule
	var err error
	if schedule != "" {
		if s, err = search.ParseSchedule(schedule); err != nil {
			t.Fatal(err)
		}
	}
	o.Capacity = model.Capacity
	e, followed, err := search.Follow(t.Context(), simulated.New(main, true), o, s, func(*model.World, model.ID) {})
	if err != nil {
		t.Fatal(err)
	}
	if followed.Left != "" {
		t.Fatalf("%s: step %d: %s", schedule, followed.At, followed.Left)
	}
	return e
}

// told writes a diagnosis down: its pattern, what it is about, and each step with who
// makes it and what is said of it.
func told(w *model.World, d detect.Diagnosis) string {
	var b strings.Builder
	fmt.Fprint(&b, d.Pattern)
	if d.Object != "" {
		fmt.Fprintf(&b, " of %s", w.Called(d.Object))
	}
	for _, i := range d.Steps {
		e := &w.Events[i]
		fmt.Fprintf(&b, "\n%d %s %v", i+1, w.Title(e.Proc), e.Op.Operation().Call)
		if len(d.Notes[i]) > 0 {
			fmt.Fprintf(&b, ": %s", strings.Join(d.Notes[i], "; "))
		}
		if undone, ok := d.Undoes[i]; ok {
			fmt.Fprintf(&b, " (undoes %d)", undone+1)
		}
		for _, j := range d.With[i] {
			fmt.Fprintf(&b, " [%d]", j+1)
		}
	}
	return here.ReplaceAllString(b.String(), "HERE")
}

var here = regexp.MustCompile(`detect_test.go:\d+`)

func foreseen(w *model.World, all []detect.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s of %s %d %q:", f.Pattern, w.Called(f.Object), f.Index, f.Key)
		for _, i := range f.Steps {
			fmt.Fprintf(&b, " %d %s", i+1, w.Title(w.Events[i].Proc))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// two starts two workers and joins them.
func two(p *proc, one, other func(*proc), carries ...string) {
	a := p.Start("one", one, carries...)
	b := p.Start("two", other, carries...)
	p.Join(a)
	p.Join(b)
}

func add(p *proc, v string) { p.Set(v, p.Get(v)+1) }

func locked(p *proc, l string, do func()) { p.Take(l); do(); p.Free(l) }

// diagnosed are programs, each with a run of it and what is wrong with that run.
var diagnosed = map[string]struct {
	main     func(*proc)
	schedule string
	options  model.Options
	panics   bool
	want     string
}{
	"lost update": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { add(p, v) }, func(p *proc) { add(p, v) })
	}, schedule: "0:4,0.1:2,0.2:4,0.1", want: `lost update of v
6 one-1 Get
8 two-2 Get
9 two-2 Set
11 one-1 Set: overwrites step 9; used the value read in step 6 (undoes 9) [9] [6]`},
	"lost update, one after the other": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { add(p, v) }, func(p *proc) { add(p, v) })
	}, want: `order violation of v
7 one-1 Set
11 two-2 Get: nothing makes it come after step 7 [7]`},
	"the shorter of two": {main: func(p *proc) {
		v, u := p.Value("v", 0), p.Value("u", 0)
		two(p, func(p *proc) { p.Get(u); p.Sleep(1); p.Get(v); p.Set(u, 1); p.Set(v, 1) }, func(p *proc) { p.Set(u, 1); p.Set(v, 1) })
	}, schedule: "0:5,0.1:4,0.2:3,0.1", want: `check then act of v
9 one-1 Get
12 two-2 Set
14 one-1 Set: relies on what step 9 saw, which step 12 has changed [9] [12]`},
	"woken, and too late": {main: func(p *proc) {
		v, l, c := p.Value("v", 0), p.Lock("l"), p.Cond("c")
		take := func(p *proc) {
			if p.Get(v) == 0 {
				p.WaitCond(c, l)
			}
			p.Set(v, 0)
		}
		one := p.Start("one", func(p *proc) { locked(p, l, func() { take(p) }) })
		two := p.Start("two", func(p *proc) { locked(p, l, func() { take(p) }) })
		locked(p, l, func() { p.Set(v, 1); p.Signal(c) })
		p.Join(one)
		p.Join(two)
	}, schedule: "0:6,0.1:4,0:4,0.2:5,0.1", want: `check then act of v
9 one-1 Get
10 one-1 Wait
13 main Signal: wakes one-1
18 two-2 Set: changes what one-1 waits for, before it has the lock again
20 one-1 Wait: does not look at v again, as it did in step 9; step 18 has changed it [9] [18]
21 one-1 Set
22 one-1 Unlock`},
	"woken, and looks again": {main: func(p *proc) {
		v, l, c := p.Value("v", 0), p.Lock("l"), p.Cond("c")
		one := p.Start("one", func(p *proc) {
			locked(p, l, func() {
				for p.Get(v) == 0 {
					p.WaitCond(c, l)
				}
				p.Set(v, 0)
			})
		})
		two := p.Start("two", func(p *proc) { locked(p, l, func() { p.Set(v, 2) }) })
		locked(p, l, func() { p.Set(v, 1); p.Signal(c) })
		p.Join(one)
		p.Join(two)
	}, schedule: "0:6,0.1:4,0:4,0.2:4,0.1", want: `check then act of v
8 one-1 Lock
9 one-1 Get
10 one-1 Wait
11 main Lock
12 main Set
14 main Unlock
19 one-1 Wait
21 one-1 Set: relies on what step 9 saw, which step 12 has changed [9] [12]`},
	"lost update between two locks": {main: func(p *proc) {
		v, l := p.Value("v", 0), p.Lock("l")
		once := func(p *proc) {
			x := 0
			locked(p, l, func() { x = p.Get(v) })
			locked(p, l, func() { p.Set(v, x+1) })
		}
		two(p, once, once)
	}, schedule: "0:5,0.1:4,0.2:7,0.1", want: `lost update of v
7 one-1 Lock
8 one-1 Get
9 one-1 Unlock
11 two-2 Lock
12 two-2 Get
13 two-2 Unlock
14 two-2 Lock
15 two-2 Set
16 two-2 Unlock
17 one-1 Lock
18 one-1 Set: overwrites step 15; used the value read in step 8 (undoes 15) [15] [8]`},
	"lost update after a wait that is over": {main: func(p *proc) {
		v, s := p.Value("v", 0), p.Semaphore("s", 1)
		once := func(p *proc) { p.Acquire(s, time.Second); add(p, v) }
		two(p, once, once)
	}, options: model.Options{Early: true}, schedule: "0:5,0.1:3,0.2:4,0.1", want: `lost update of v
8 one-1 Get
10 two-2 Acquire: two-2 goes on without what it waited for
11 two-2 Get
12 two-2 Set
13 one-1 Set: overwrites step 12; used the value read in step 8 (undoes 12) [12] [8]`},
	"elements are places of their own": {main: func(p *proc) {
		a := p.Array("a", 2)
		two(p, func(p *proc) { p.SetAt(a, 0, p.GetAt(a, 0)+1) }, func(p *proc) { p.SetAt(a, 1, p.GetAt(a, 1)+1) })
	}, schedule: "0:4,0.1:2,0.2:3,0.1", want: `wrong result`},
	"acts on what has changed": {main: func(p *proc) {
		v := p.Value("v", 0)
		_, b := p.Pipe("pipe")
		two(p, func(p *proc) {
			if p.Get(v) == 0 {
				p.Send(b, 1, 1)
				p.Set(v, 1)
			}
		}, func(p *proc) { p.Set(v, 2) }, b)
	}, schedule: "0:5,0.1:2,0.2:2,0.1", want: `check then act of v
7 one-1 Get
9 two-2 Set
11 one-1 Set: relies on what step 7 saw, which step 9 has changed [7] [9]`},
	"looks again": {main: func(p *proc) {
		v := p.Value("v", 1)
		take := func(p *proc) {
			if p.Get(v) > 0 {
				p.Set(v, p.Get(v)-1)
			}
		}
		two(p, take, take)
	}, schedule: "0:4,0.1:2,0.2:4,0.1", want: `check then act of v
6 one-1 Get
10 two-2 Set
12 one-1 Set: relies on what step 6 saw, which step 10 has changed [6] [10]`},
	"looks again, under a lock": {main: func(p *proc) {
		v, l := p.Value("v", 1), p.Lock("l")
		take := func(p *proc) {
			locked(p, l, func() {
				if p.Get(v) > 0 {
					p.Set(v, p.Get(v)-1)
				}
			})
		}
		two(p, take, take)
	}, want: `order violation of l
7 one-1 Lock
15 two-2 Lock: nothing makes it come after step 7 [7]`},
	"dies": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Get(v); p.Die() }, func(p *proc) { p.Get(v) })
	}, panics: true, want: `crash
6 one-1 Get
7 one-1 : one-1 dies here`},
	"killed with a message in hand": {main: func(p *proc) {
		q := p.Queue("q", 1)
		p.PutQueue(q, 7, 0)
		p.Join(p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.Sleep(1) }))
	}, options: model.Options{Deaths: 1}, schedule: "0:4,0.1:2,0.1x,0:2", want: `killed
6 one-1 Get: nobody puts it back
7 one-1 Terminate`},
	"killed, and the message is put back": {main: func(p *proc) {
		q := p.Queue("q", 1)
		p.PutQueue(q, 7, 0)
		p.Join(p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.Sleep(1) }))
		p.PutQueue(q, 7, 0)
	}, options: model.Options{Deaths: 1}, schedule: "0:4,0.1:2,0.1x,0:3", want: `killed
6 one-1 Get
7 one-1 Terminate`},
	"killed when it has said that it is done": {main: func(p *proc) {
		q := p.Queue("q", 1)
		p.PutQueue(q, 1, 0)
		k := p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.DoneQueue(q); p.Print("done") })
		p.WaitQueue(q, 0)
		p.Join(k)
	}, options: model.Options{Deaths: 1, Ordered: true}, schedule: "0:4,0.1:3,0.1x,0:3", want: `killed
7 one-1 Done
8 one-1 Terminate`},
	"killed when it has done it": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 1)
		p.PutQueue(q, 7, 0)
		p.Join(p.Start("one", func(p *proc) { p.GetQueue(q, 0); add(p, v) }))
		p.Join(p.Start("two", func(p *proc) { add(p, v) }))
	}, options: model.Options{Deaths: 1}, schedule: "0:5,0.1:4,0.1x,0:2,0.2:4,0:2", want: `killed
9 one-1 Set: has been done when one-1 is killed
10 one-1 Terminate
15 two-2 Set: comes on top of step 9 [9]`},
	"killed, and who was there before goes on": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { add(p, v) }, func(p *proc) { add(p, v) })
	}, options: model.Options{Deaths: 1}, schedule: "0:4,0.1:3,0.1x,0,0.2:4,0:2", want: `killed
7 one-1 Set
8 one-1 Terminate`},
	"asks for one that dies later": {main: func(p *proc) {
		k := p.Start("one", func(p *proc) { p.Die() })
		p.Alive(k)
		p.Join(k)
	}, schedule: "0:3", want: `missing join
3 main Alive: one-1 has not been joined yet, and still runs
5 one-1 : comes after main has asked, in step 3`},
	"asks for one that panics later": {main: func(p *proc) {
		k := p.Start("one", func(p *proc) { p.Die() })
		p.Alive(k)
		p.Join(k)
	}, schedule: "0:3", panics: true, want: `crash
4 one-1 
5 one-1 : one-1 dies here`},
	"asks too early": {main: func(p *proc) {
		k := p.Start("one", func(p *proc) {})
		p.Alive(k)
		p.Join(k)
	}, schedule: "0:3", want: `missing join
3 main Alive: one-1 has not been joined yet, and still runs
5 one-1 : comes after main has asked, in step 3`},
	"asks too early, and again": {main: func(p *proc) {
		k := p.Start("one", func(p *proc) {})
		p.Alive(k)
		p.Alive(k)
		p.Join(k)
	}, schedule: "0:3,0.1:2,0", want: `wrong result`},
	"reads before it joins": {main: func(p *proc) {
		v := p.Value("v", 0)
		k := p.Start("one", func(p *proc) { p.Set(v, 1) })
		p.Get(v)
		p.Join(k)
	}, schedule: "0:4", want: `missing join of v
4 main Get: one-1 has not been joined yet
6 one-1 Set: comes after main has looked, in step 4 [4]`},
	"reads after it has joined": {main: func(p *proc) {
		v := p.Value("v", 0)
		k := p.Start("one", func(p *proc) { p.Set(v, 1) })
		p.Join(k)
		p.Get(v)
	}, want: `wrong result`},
	"reads a grandchild's before it joins": {main: func(p *proc) {
		v := p.Value("v", 0)
		k := p.Start("one", func(p *proc) { p.Join(p.Start("sub", func(p *proc) { p.Set(v, 1) })) })
		p.Get(v)
		p.Join(k)
	}, schedule: "0:4", want: `missing join of v
4 main Get: one-1 has not been joined yet
8 sub-1 Set: comes after main has looked, in step 4 [4]`},
	"ends before its child": {main: func(p *proc) {
		p.Start("one", func(p *proc) {})
	}, schedule: "0:3", want: `missing join
3 main : one-1, started at HERE, has not been joined and still runs
5 one-1 `},
	"is ended before its child": {main: func(p *proc) {
		k := p.Start("one", func(p *proc) { p.Start("sub", func(p *proc) {}) })
		p.Kill(k)
		p.Join(k)
	}, schedule: "0:2,0.1:2,0:3", want: `wrong result`},
	"gives back what it did not get": {main: func(p *proc) {
		s := p.Semaphore("s", 1)
		use := func(p *proc) { p.Acquire(s, time.Second); p.Release(s) }
		two(p, use, use)
	}, options: model.Options{Early: true}, schedule: "0:4,0.1:2,0.2:3", want: `order violation of s
6 one-1 Acquire
8 two-2 Acquire: two-2 goes on without what it waited for
9 two-2 Release: gives back what step 8 did not get [8]
11 one-1 Release`},
	"stops waiting too early": {main: func(p *proc) {
		q := p.Queue("q", 1)
		two(p, func(p *proc) { p.GetQueue(q, time.Second) }, func(p *proc) { p.PutQueue(q, 1, 0) })
	}, options: model.Options{Early: true}, schedule: "0:4,0.1:2", want: `order violation of q
6 one-1 Get: one-1 goes on without what it waited for
10 two-2 Put: comes after one-1 has stopped waiting for it, in step 6 [6]`},
	"tears a line": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Piece("a"); p.Get(v); p.Print("b") }, func(p *proc) { p.Print("c") })
	}, options: model.Options{Ordered: true, Pieces: true}, schedule: "0:4,0.1:2,0.2:2,0.1:2", want: `torn line
6 one-1 : the line goes on in another call
8 two-2 : comes into the line that one-1 has begun in step 6 [6]
10 one-1 `},
	"whole lines": {main: func(p *proc) {
		two(p, func(p *proc) { p.Print("b") }, func(p *proc) { p.Print("c") })
	}, options: model.Options{Ordered: true, Pieces: true}, want: `order violation
5 one-1 
9 two-2 : nothing makes it come after step 5 [5]`},
	"messages of two senders": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		two(p, func(p *proc) { p.Send(b, 1, 1) }, func(p *proc) { p.Send(b, 2, 1) }, b)
		p.Recv(a)
		p.Recv(a)
	}, want: `order violation of pipe
6 one-1 Send
10 two-2 Send: nothing makes it come after step 6 [6]
13 main Recv
14 main Recv`},
	"the other's answer": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		ask := func(n int) func(*proc) { return func(p *proc) { p.Send(b, n, 1); p.Recv(b) } }
		one, two := p.Start("one", ask(1), b), p.Start("two", ask(2), b)
		for range 2 {
			x, _ := p.Recv(a)
			p.Send(a, x, 1)
		}
		p.Join(one)
		p.Join(two)
	}, schedule: "0:4,0.1:2,0.2:2,0:4,0.2,0.1", want: `order violation of pipe
6 one-1 Send
8 two-2 Send
10 main Send
12 main Send
13 two-2 Recv: takes the answer to what one-1 asked in step 6 [6]
14 one-1 Recv: takes the answer to what two-2 asked in step 8 [8]`},
	"answers in bulk": {main: func(p *proc) {
		q, r := p.Queue("q", 2), p.Queue("r", 2)
		ask := func(n int) func(*proc) { return func(p *proc) { p.PutQueue(q, n, 0); p.GetQueue(r, 0) } }
		one, two := p.Start("one", ask(1)), p.Start("two", ask(2))
		x, _ := p.GetQueue(q, 0)
		y, _ := p.GetQueue(q, 0)
		p.PutQueue(r, x, 0)
		p.PutQueue(r, y, 0)
		p.Join(one)
		p.Join(two)
	}, schedule: "0:5,0.1:2,0.2:2,0:4,0.2,0.1", want: `order violation of r
7 one-1 Put
9 two-2 Put
12 main Put
13 main Put
14 two-2 Get: takes the answer to what one-1 asked in step 7 [7]
15 one-1 Get: takes the answer to what two-2 asked in step 9 [9]`},
	"the own answer": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		ask := func(n int) func(*proc) { return func(p *proc) { p.Send(b, n, 1); p.Recv(b) } }
		one, two := p.Start("one", ask(1), b), p.Start("two", ask(2), b)
		for range 2 {
			x, _ := p.Recv(a)
			p.Send(a, x, 1)
		}
		p.Join(one)
		p.Join(two)
	}, schedule: "0:4,0.1:2,0.2:2,0:4,0.1,0.2", want: `order violation of pipe
6 one-1 Send
8 two-2 Send: nothing makes it come after step 6 [6]
9 main Recv
11 main Recv
13 one-1 Recv
14 two-2 Recv`},
	"whoever is free gets the next": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		work := func(p *proc) {
			for {
				if x, _ := p.Recv(b); x == 0 {
					return
				}
				p.Send(b, 1, 1)
			}
		}
		one, two := p.Start("one", work, b), p.Start("two", work, b)
		for range 2 {
			p.Send(a, 1, 1)
			p.Recv(a)
		}
		p.Send(a, 0, 1)
		p.Send(a, 0, 1)
		p.Join(one)
		p.Join(two)
	}, schedule: "0:5,0.1:3,0:2,0.2:3", want: `order violation of pipe
17 one-1 Recv
20 two-2 Recv: nothing makes it come after step 17 [17]`},
	"acts on what a list held": {main: func(p *proc) {
		l := p.Dict("l")
		fill := func(p *proc) {
			if p.ListSum(l) == 0 {
				p.Append(l, 1)
			}
		}
		two(p, fill, fill)
	}, schedule: "0:4,0.1:2,0.2:3,0.1", want: `check then act of l
6 one-1 All
9 two-2 Append
10 one-1 Append: relies on what step 6 saw, which step 9 has changed [6] [9]`},
	"looks at a list again": {main: func(p *proc) {
		l := p.Dict("l")
		fill := func(p *proc) { p.ListSum(l); p.ListSum(l); p.Append(l, 1) }
		two(p, fill, fill)
	}, schedule: "0:4,0.1:2,0.2:4,0.1:2", want: `order violation of l
10 two-2 Append
12 one-1 Append: nothing makes it come after step 10 [10]`},
	"flag before data": {main: func(p *proc) {
		v, u := p.Value("v", 0), p.Value("u", 0)
		two(p, func(p *proc) { p.Set(v, 1); p.Set(u, 1) }, func(p *proc) { p.Get(u); p.Get(v) })
	}, schedule: "0:5,0.2:2,0.1:3", want: `order violation of u
7 two-2 Get
10 one-1 Set: nothing makes it come after step 7 [7]`},
	"who takes the lock first": {main: func(p *proc) {
		l := p.Lock("l")
		take := func(p *proc) { locked(p, l, func() {}) }
		two(p, take, take)
	}, want: `order violation of l
6 one-1 Lock
11 two-2 Lock: nothing makes it come after step 6 [6]`},
	"nothing shared": {main: func(p *proc) { p.Join(p.Start("one", func(p *proc) {})) }, want: `wrong result`},

	"own lock": {main: func(p *proc) {
		l := p.Lock("l")
		p.Take(l)
		p.Take(l)
	}, want: `lock taken twice of l
3 main Lock`},
	"locks in opposite order": {main: func(p *proc) {
		l, m := p.Lock("l"), p.Lock("m")
		two(p, func(p *proc) { p.Take(l); p.Take(m) }, func(p *proc) { p.Take(m); p.Take(l) })
	}, schedule: "0:5,0.1:2,0.2:2", want: `deadlock of l
7 one-1 Lock
9 two-2 Lock`},
	"who receives which": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		two(p, func(p *proc) { p.Send(b, 1, 1) }, func(p *proc) {
			for range 10 {
				p.Send(b, 2, 1)
			}
		}, b)
		for range 11 {
			p.Recv(a)
		}
	}, want: `order violation of pipe
6 one-1 Send
10 two-2 Send: nothing makes it come after step 6 [6]
22 main Recv
23 main Recv
24 main Recv
25 main Recv
26 main Recv
27 main Recv
28 main Recv
29 main Recv`},
	"the third is who writes": {main: func(p *proc) {
		v := p.Value("v", 0)
		p.Start("one", func(p *proc) { p.Set(v, 1) })
		p.Join(p.Start("two", func(p *proc) { p.Get(v) }))
	}, schedule: "0:4,0.2:3,0.1:3", want: `order violation of v
6 two-2 Get
9 one-1 Set: nothing makes it come after step 6 [6]`},
	"joins before it receives": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		p.Join(p.Start("one", func(p *proc) { p.Send(b, 7, large) }, b))
		p.Recv(a)
	}, want: `join before receive of pipe
5 one-1 Send`},
	"joins whom nobody sends to": {main: func(p *proc) {
		_, b := p.Pipe("pipe")
		p.Join(p.Start("one", func(p *proc) { p.Recv(b) }, b))
	}, want: `nobody sends of pipe`},
	"joins who waits for the end": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		k := p.Start("one", func(p *proc) {
			for {
				if _, ok := p.Recv(b); !ok {
					return
				}
			}
		}, b)
		p.Send(a, 1, 1)
		p.Join(k)
	}, want: `end left open of pipe
4 main Send
6 one-1 Recv`},
	"both receive first": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		p.Start("one", func(p *proc) { p.Recv(b) }, b)
		p.Recv(a)
	}, want: `deadlock of pipe`},
	"both send too much": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		p.Start("one", func(p *proc) { p.Send(b, 1, large); p.Recv(b) }, b)
		p.Send(a, 1, large)
		p.Recv(a)
	}, want: `deadlock of pipe
4 main Send
6 one-1 Send`},
	"the sender has died": {main: func(p *proc) {
		e := p.Event("e")
		p.Start("one", func(p *proc) { p.Die() })
		p.WaitEvent(e, 0)
	}, want: `crash
4 one-1 
5 one-1 : one-1 dies here`},
	"end left open": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		p.Join(p.Start("one", func(p *proc) { p.Send(b, 1, 1); p.Close(b) }, b))
		p.Recv(a)
		p.Recv(a)
	}, want: `end left open of pipe
5 one-1 Send
6 one-1 Close
9 main Recv`},
	"at one end": {main: func(p *proc) {
		a, _ := p.Pipe("pipe")
		k := p.Start("one", func(p *proc) { p.Recv(a) }, a)
		p.Send(a, 1, 1)
		p.Join(k)
	}, want: `both at one end of pipe
4 main Send`},
	"both ask at one end": {main: func(p *proc) {
		a, _ := p.Pipe("pipe")
		k := p.Start("one", func(p *proc) { p.Send(a, 1, 1); p.Recv(a) }, a)
		p.Send(a, 2, 1)
		p.Recv(a)
		p.Join(k)
	}, want: `both at one end of pipe
4 main Send
6 one-1 Send`},
	"two at one end, and none at the other": {main: func(p *proc) {
		a, _ := p.Pipe("pipe")
		one := p.Start("one", func(p *proc) { p.Send(a, 1, 1) }, a)
		two := p.Start("two", func(p *proc) { p.Recv(a) }, a)
		p.Join(two)
		p.Join(one)
	}, schedule: "0:4,0.1:3", want: `both at one end of pipe
6 one-1 Send`},
	"nobody answers those at one end": {main: func(p *proc) {
		a, b := p.Pipe("pipe")
		l := p.Lock("l")
		ask := func(p *proc) { p.Send(a, 1, 1); p.Recv(a) }
		p.Take(l)
		one := p.Start("one", ask, a)
		two := p.Start("two", ask, a)
		p.Start("server", func(p *proc) { p.Take(l); p.Recv(b); p.Send(b, 1, 1) }, b)
		p.Join(one)
		p.Join(two)
	}, want: `nobody sends of pipe
4 main Lock
9 one-1 Send
11 two-2 Send`},
	"nobody gives a permit": {main: func(p *proc) {
		s := p.Semaphore("s", 0)
		p.Acquire(s, 0)
	}, want: `wait without end of s`},
	"nobody else comes": {main: func(p *proc) { p.Meet(p.Barrier("b", 2)) }, want: `wait without end of b
3 main Wait`},
	"nobody takes": {main: func(p *proc) {
		q := p.Queue("q", 1)
		p.PutQueue(q, 1, 0)
		p.PutQueue(q, 1, 0)
	}, want: `wait without end of q
3 main Put`},
	"done too early": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 2)
		p.PutQueue(q, 1, 0)
		k := p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.DoneQueue(q); p.Set(v, 1) })
		p.WaitQueue(q, 0)
		p.Get(v)
		p.Join(k)
	}, schedule: "0:5,0.1:3,0:2,0.1:2,0:2", want: `order violation of q
8 one-1 Done: says so before step 11 [11]
9 main Wait
10 main Get: comes after all is done, by step 9, and before step 11 [9] [11]
11 one-1 Set`},
	"it is the next that changes it": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 2)
		p.PutQueue(q, 1, 0)
		one := p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.DoneQueue(q); p.GetQueue(q, 0); p.Set(v, 1) })
		p.WaitQueue(q, 0)
		p.Get(v)
		p.PutQueue(q, 2, 0)
		p.Join(one)
	}, schedule: "0:5,0.1:3,0:3,0.1:3,0:2", want: `wrong result`},
	"one is not done": {main: func(p *proc) {
		q := p.Queue("q", 2)
		p.Start("one", func(p *proc) { p.GetQueue(q, 0) })
		p.PutQueue(q, 1, 0)
		p.WaitQueue(q, 0)
	}, want: `wait without end of q
4 main Put
6 one-1 Get`},
	"goes round": {main: func(p *proc) {
		v := p.Value("v", 0)
		for p.Get(v) == 0 {
		}
	}, want: `livelock of v
2003 main Get
2004 main Get
2005 main Get
2006 main Get`},
	"waits for what was lost": {main: func(p *proc) {
		v := p.Value("v", 0)
		p.Start("one", func(p *proc) { add(p, v) })
		p.Start("two", func(p *proc) { add(p, v) })
		for p.Get(v) < 2 {
		}
	}, schedule: "0:4,0.1:2,0.2:4,0.1:2", want: `livelock of v
6 one-1 Get
8 two-2 Get
9 two-2 Set
11 one-1 Set: overwrites step 9; used the value read in step 6 (undoes 9) [9] [6]
2013 main Get
2014 main Get
2015 main Get
2016 main Get`},
}

func TestDiagnoses(t *testing.T) {
	for name, test := range diagnosed {
		t.Run(name, func(t *testing.T) {
			e := run(t, test.main, test.options, test.schedule)
			d := detect.Diagnosis{}
			switch e.Ending {
			case search.Ended:
				d = detect.Mistake(e.World, test.panics)
			case search.Deadlocked, search.Livelocked:
				d = detect.Stuck(e.World, e.Waits)
			default:
				t.Fatal(e.Ending)
			}
			if got := told(e.World, d); got != test.want {
				t.Errorf("%s; got\n%s\nwant\n%s", search.ScheduleOf(e.World), got, test.want)
			}
		})
	}
}

// foreseeing are programs and what a run of them shows, whether or not it went wrong.
var foreseeing = map[string]struct {
	main             func(*proc)
	schedule         string
	atomicity, races string
	between          string // the schedule that must show the first lost update
}{
	"unlocked": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { add(p, v) }, func(p *proc) { add(p, v) })
	}, atomicity: "lost update of v -1 \"\": 6 one-1 7 one-1 12 two-2\n", races: "data race of v -1 \"\": 7 one-1 11 two-2\n", between: "0:4,0.1:2,0.2:3,0.1:2,0,0.2,0:2"},
	"the other first": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { add(p, v) }, func(p *proc) { p.Set(v, 5); p.Get(v) })
	}, schedule: "0:4,0.2:4", atomicity: "lost update of v -1 \"\": 10 one-1 11 one-1 6 two-2\n", races: "data race of v -1 \"\": 6 two-2 10 one-1\n", between: "0:4,0.2,0.1:3,0.2:3,0.1,0:3"},
	"locked": {main: func(p *proc) {
		v, l := p.Value("v", 0), p.Lock("l")
		once := func(p *proc) { locked(p, l, func() { add(p, v) }) }
		two(p, once, once)
	}},
	"locked apart": {main: func(p *proc) {
		v, l := p.Value("v", 0), p.Lock("l")
		once := func(p *proc) {
			x := 0
			locked(p, l, func() { x = p.Get(v) })
			locked(p, l, func() { p.Set(v, x+1) })
		}
		two(p, once, once)
	}, atomicity: "lost update of v -1 \"\": 8 one-1 11 one-1 20 two-2\n", between: "0:5,0.1:3,0.2:6,0.1:5,0,0.2:2,0:2"},
	"two locks": {main: func(p *proc) {
		v, l, m := p.Value("v", 0), p.Lock("l"), p.Lock("m")
		two(p, func(p *proc) { locked(p, l, func() { add(p, v) }) }, func(p *proc) { locked(p, m, func() { add(p, v) }) })
	}, atomicity: "lost update of v -1 \"\": 9 one-1 10 one-1 17 two-2\n", races: "data race of v -1 \"\": 10 one-1 16 two-2\n", between: "0:6,0.1:3,0.2:4,0.1:3,0,0.2:2,0:2"},
	"both share the lock": {main: func(p *proc) {
		v, l := p.Value("v", 0), p.RWLock("l")
		once := func(p *proc) { p.Read(l); add(p, v); p.HasRead(l) }
		two(p, once, once)
	}, atomicity: "lost update of v -1 \"\": 8 one-1 9 one-1 16 two-2\n", races: "data race of v -1 \"\": 9 one-1 15 two-2\n", between: "0:5,0.1:3,0.2:4,0.1:3,0,0.2:2,0:2"},
	"a reader shares the lock": {main: func(p *proc) {
		v, l := p.Value("v", 0), p.RWLock("l")
		two(p, func(p *proc) { p.Write(l); add(p, v); p.Written(l) }, func(p *proc) { p.Read(l); p.Get(v); p.HasRead(l) })
	}},
	"elements": {main: func(p *proc) {
		a := p.Array("a", 2)
		two(p, func(p *proc) { p.SetAt(a, 0, p.GetAt(a, 0)+1) }, func(p *proc) { p.SetAt(a, 1, p.GetAt(a, 1)+1) })
	}},
	"entries": {main: func(p *proc) {
		d := p.Dict("d")
		once := func(p *proc) { p.DictSet(d, 0, p.DictGet(d, 0)+1) }
		two(p, once, once)
	}, atomicity: "lost update of d -1 \"0\": 6 one-1 7 one-1 12 two-2\n", between: "0:4,0.1:2,0.2:3,0.1:2,0,0.2,0:2"},
	"joined": {main: func(p *proc) {
		v := p.Value("v", 0)
		p.Join(p.Start("one", func(p *proc) { add(p, v) }))
		add(p, v)
	}},
	"sent": {main: func(p *proc) {
		v := p.Value("v", 0)
		a, b := p.Pipe("pipe")
		two(p, func(p *proc) { add(p, v); p.Send(a, 1, 1) }, func(p *proc) { p.Recv(b); add(p, v) }, a, b)
	}},
	"done and waited for": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 2)
		for range 2 {
			p.PutQueue(q, 1, 0)
		}
		once := func(p *proc) { p.GetQueue(q, 0); p.GetAt(v, -1); p.DoneQueue(q) }
		p.Start("one", once)
		p.Start("two", once)
		p.WaitQueue(q, 0)
		p.Set(v, 1)
	}},
	"done and asked for": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 2)
		for range 2 {
			p.PutQueue(q, 1, 0)
		}
		once := func(p *proc) { p.GetQueue(q, 0); p.GetAt(v, -1); p.DoneQueue(q) }
		p.Start("one", once)
		p.Start("two", once)
		p.WaitQueue(q, -1)
		p.Set(v, 1)
	}, schedule: "0:7,0.1:5,0.2:5,0:3"},
	"done before it is dealt with": {main: func(p *proc) {
		v, q := p.Value("v", 0), p.Queue("q", 2)
		p.PutQueue(q, 1, 0)
		p.Start("one", func(p *proc) { p.GetQueue(q, 0); p.DoneQueue(q); p.Set(v, 1) })
		p.WaitQueue(q, 0)
		p.Get(v)
	}, schedule: "0:5,0.1:5,0:3", races: "data race of v -1 \"\": 9 one-1 12 main\n"},
	"a flag": {main: func(p *proc) {
		v, e := p.Value("v", 0), p.Event("e")
		two(p, func(p *proc) { p.Set(v, 1); p.SetEvent(e) }, func(p *proc) { p.WaitEvent(e, 0); p.Get(v) })
	}},
	"written twice": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Set(v, 1); p.Set(v, 2) }, func(p *proc) { p.Set(v, 3) })
	}, races: "data race of v -1 \"\": 7 one-1 11 two-2\n"},
	"read twice": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Get(v); add(p, v) }, func(p *proc) { p.Set(v, 3) })
	}, atomicity: "lost update of v -1 \"\": 7 one-1 8 one-1 12 two-2\n", races: "data race of v -1 \"\": 8 one-1 12 two-2\n", between: "0:4,0.1:3,0.2:2,0.1:2,0,0.2,0:2"},
	"only read": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Get(v) }, func(p *proc) { p.Get(v) })
	}},
	"read, then written": {main: func(p *proc) {
		v := p.Value("v", 0)
		two(p, func(p *proc) { p.Get(v) }, func(p *proc) { p.Set(v, 1) })
	}, races: "data race of v -1 \"\": 6 one-1 10 two-2\n"},
}

func TestFindings(t *testing.T) {
	for name, test := range foreseeing {
		t.Run(name, func(t *testing.T) {
			e := run(t, test.main, model.Options{}, test.schedule)
			w := e.World
			found := detect.Atomicity(w)
			if got := foreseen(w, found); got != test.atomicity {
				t.Errorf("%s; foreseen\n%swant\n%s", search.ScheduleOf(w), got, test.atomicity)
			}
			if got := foreseen(w, detect.Races(w)); got != test.races {
				t.Errorf("%s; races\n%swant\n%s", search.ScheduleOf(w), got, test.races)
			}
			for _, f := range found {
				var s search.Schedule
				for _, p := range f.Between(w) {
					s = append(s, w.PathOf(p))
				}
				if got := s.String(); got != test.between {
					t.Errorf("between: %s, want %s", got, test.between)
				}
			}
		})
	}
}
