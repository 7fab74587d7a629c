package report

import (
	"fmt"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/judge"
	"lockstep/mp/trace"
)

func us(n int) time.Duration { return time.Duration(n) * time.Microsecond }

// scribe writes one process's events; times are in microseconds.
type scribe struct {
	proc   string
	events []trace.Event
}

func (s *scribe) op(k trace.Kind, object, name string, enter, leave, line int) *trace.Event {
	s.events = append(s.events, trace.Event{
		Proc: s.proc, Op: len(s.events) + 1, Kind: k, Object: object, Name: name, Index: -1,
		Enter: us(enter), Leave: us(leave), Site: trace.Site{File: "main.go", Line: line},
	})
	return &s.events[len(s.events)-1]
}

func kernel(pid, parent, start, end int, state box.State) box.Process {
	return box.Process{PID: pid, Parent: parent, Start: us(start), End: us(end), State: state, Argv: []string{"./program"}}
}

// leftBehind is a parent that joins only the last of its children: one ends
// unnoticed, one outlives it.
func leftBehind() judge.Picture {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	for i := range 4 {
		main.op(trace.Start, []string{"0.1", "0.2", "0.3", "0.4"}[i], []string{"printSquare-1", "printSquare-2", "printSquare-3", "printSquare-4"}[i], 100+900*i, 900+900*i, 33)
	}
	main.op(trace.Join, "0.4", "printSquare-4", 3700, 5200, 38)
	main.op(trace.Print, "", "", 5210, 5230, 41)
	main.op(trace.Exit, "", "", 5300, 5300, 0)
	p := judge.Picture{Line: "program 4", Events: main.events, Processes: []box.Process{
		kernel(7, 0, 0, 6400, box.Root),
		kernel(8, 7, 1200, 3600, box.Zombie),
		kernel(9, 7, 2100, 8600, box.Orphan),
		kernel(10, 7, 3000, 7200, box.Orphan),
		kernel(11, 7, 3900, 6200, box.Joined),
	}}
	for i, end := range []int{2500, 7500, 6100, 5100} {
		child := &scribe{proc: main.events[i+1].Object}
		child.op(trace.Begin, "", "", 1000+900*i, 1000+900*i, 14)
		child.op(trace.Print, "", "", 1500+900*i, 1550+900*i, 15)
		child.op(trace.Exit, "", "", end, end, 0)
		p.Events = append(p.Events, child.events...)
	}
	return p
}

// lockHeld is three workers that compute while they hold the one lock.
func lockHeld() judge.Picture {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	names := []string{"worker-1", "worker-2", "worker-3"}
	paths := []string{"0.1", "0.2", "0.3"}
	for i := range paths {
		main.op(trace.Start, paths[i], names[i], 100+800*i, 850+800*i, 40)
	}
	for i := range paths {
		main.op(trace.Join, paths[i], names[i], []int{2600, 14100, 26100}[i], []int{14100, 26100, 38200}[i], 45)
	}
	main.op(trace.Exit, "", "", 38400, 38400, 0)
	p := judge.Picture{Line: "program 3", Events: main.events, Processes: []box.Process{
		kernel(7, 0, 0, 39400, box.Root),
		kernel(8, 7, 1100, 15000, box.Joined),
		kernel(9, 7, 1900, 27050, box.Joined),
		kernel(10, 7, 2700, 39000, box.Joined),
	}}
	for i := range paths {
		w := &scribe{proc: paths[i]}
		begin := 1200 + 800*i
		got := []int{1250, 13900, 25900}[i]
		w.op(trace.Begin, "", "", begin, begin, 20)
		w.op(trace.Lock, "0#1", "total", begin+40, got, 22)
		w.op(trace.Get, "0#1", "total", got+11900, got+11910, 24)
		w.op(trace.Set, "0#1", "total", got+11950, got+11960, 24)
		w.op(trace.Unlock, "0#1", "total", got+12000, got+12010, 25)
		w.op(trace.Exit, "", "", got+12080, got+12080, 0)
		p.Events = append(p.Events, w.events...)
	}
	return p
}

// hangs is a parent and a child that both wait to receive until the run is cut
// off, after a message has gone one way.
func hangs() judge.Picture {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	main.op(trace.Start, "0.1", "hello-1", 150, 900, 30)
	main.op(trace.Send, "0#1a", "pipe main.go:28", 950, 960, 33).Arg = `"ping"`
	main.op(trace.Recv, "0#1a", "pipe main.go:28", 1000, 0, 36)
	child := &scribe{proc: "0.1"}
	child.op(trace.Begin, "", "", 1100, 1100, 16)
	child.op(trace.Recv, "0#1b", "pipe main.go:28", 1150, 1180, 17).Result = `"ping"`
	child.op(trace.Recv, "0#1b", "pipe main.go:28", 1200, 0, 18)
	return judge.Picture{
		Line: "program", Events: append(main.events, child.events...),
		Exceeded: &box.LimitExceeded{Limit: "wall", Bound: "2s", Seen: "2.01s"},
		Processes: []box.Process{
			kernel(7, 0, 0, 2010000, box.Root), kernel(8, 7, 1200, 2010000, box.CutOff),
		},
	}
}

// unobserved is a run that only the kernel tells of.
func unobserved() judge.Picture {
	p := leftBehind()
	p.Events = nil
	return p
}

// lost is an interleaving in which one process overwrites what the other wrote.
func lost() judge.Picture {
	site := func(line int) trace.Site { return trace.Site{File: "main.go", Line: line} }
	return judge.Picture{
		Line: "program 2", Extent: "4 of 6 interleavings fail", Replay: "make replay EX=10 SCHEDULE=1.2.2.1",
		Failure: &explore.Failure{
			Pattern: detect.LostUpdate, Title: "lost update: expected 2, got 1",
			Columns: []explore.Column{{Proc: "0", Title: "main"}, {Proc: "0.1", Title: "increment-1"}, {Proc: "0.2", Title: "increment-2"}},
			Steps: []explore.Step{
				{Number: 1, Column: 0, Kind: trace.Start, Text: "Start increment-1", Site: site(30)},
				{Number: 2, Column: 0, Kind: trace.Start, Text: "Start increment-2", Site: site(30)},
				{Number: 4, Column: 1, Kind: trace.Get, Name: "counter", Text: "Get() = 0", Site: site(16), Value: "0", Matters: true},
				{Number: 5, Column: 2, Kind: trace.Get, Name: "counter", Text: "Get() = 0", Site: site(16), Value: "0", Matters: true, Switch: true},
				{Number: 6, Column: 2, Kind: trace.Set, Name: "counter", Text: "Set(1)", Site: site(16), Value: "1", Matters: true},
				{Number: 7, Column: 1, Kind: trace.Set, Name: "counter", Text: "Set(1)", Site: site(16), Value: "1", Matters: true, Switch: true, Notes: []string{"overwrites step 6", "used the value read in step 4"}, With: []int{6, 4}, Undoes: 6},
				{Number: 9, Column: 0, Kind: trace.Join, Text: "Join increment-1", Site: site(36)},
			},
		},
	}
}

// stuck is an interleaving that ends with two processes waiting for each other.
func stuck() judge.Picture {
	site := func(line int) trace.Site { return trace.Site{File: "main.go", Line: line} }
	return judge.Picture{
		Line: "program", Extent: "2 of 9 interleavings fail", Replay: "make replay EX=14 SCHEDULE=1.2",
		Failure: &explore.Failure{
			Pattern: detect.Deadlock, Title: "deadlock: two processes wait for each other",
			Columns: []explore.Column{{Proc: "0", Title: "main"}, {Proc: "0.1", Title: "transfer-1"}, {Proc: "0.2", Title: "transfer-2"}},
			Steps: []explore.Step{
				{Number: 3, Column: 1, Kind: trace.Lock, Name: "a", Text: "Lock()", Site: site(18), Value: "transfer-1", Matters: true},
				{Number: 4, Column: 2, Kind: trace.Lock, Name: "b", Text: "Lock()", Site: site(18), Value: "transfer-2", Matters: true, Switch: true},
			},
			Waits: []explore.Wait{
				{Column: 1, For: "lock b", Why: "held by transfer-2 since main.go:18", On: []int{2}, Site: site(20)},
				{Column: 2, For: "lock a", Why: "held by transfer-1 since main.go:18", On: []int{1}, Site: site(20)},
			},
		},
	}
}

func pictures() map[string]judge.Picture {
	return map[string]judge.Picture{
		"left_behind": leftBehind(), "lock_held": lockHeld(), "hangs": hangs(), "unobserved": unobserved(), "lost": lost(), "stuck": stuck(),
	}
}

// program is the source that all pictures speak of.
func program() map[string][]byte {
	text := "package main\n"
	for n := 2; n <= 50; n++ {
		text += fmt.Sprintf("\tdo(%d) // <b>\n", n)
	}
	return map[string][]byte{"main.go": []byte(text)}
}

// drawn is a report with a picture of every kind.
func drawn() *Report {
	r := recorded()
	all := pictures()
	for i, name := range []string{"left_behind", "lock_held", "hangs", "unobserved", "lost", "stuck"} {
		e, c := []int{1, 1, 2, 2, 2, 2}[i], []int{0, 2, 1, 2, 0, 1}[i]
		v := &r.Exercises[e].Checks[c]
		v.Pictures = append(v.Pictures, all[name])
		r.Exercises[e].Sources = program()
	}
	return r
}
