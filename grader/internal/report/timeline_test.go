package report

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/judge"
	"lockstep/mp/trace"
)

func lane(t *testing.T, tl *Timeline, name string) Lane {
	t.Helper()
	for _, l := range tl.Lanes {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no lane %s", name)
	return Lane{}
}

// told lists a lane's stretches: "starting running waiting…".
func told(l Lane) string {
	var states []string
	for _, s := range l.Stretches {
		states = append(states, string(s.State))
	}
	return strings.Join(states, ", ")
}

func arrowsOf(tl *Timeline, kind ArrowKind) []string {
	var out []string
	for _, a := range tl.Arrows {
		if a.Kind == kind {
			out = append(out, tl.Lanes[a.From].Name+" → "+tl.Lanes[a.To].Name)
		}
	}
	return out
}

func TestTimelineOfChildrenLeftBehind(t *testing.T) {
	tl := newTimeline(leftBehind())
	main := lane(t, tl, "main")
	if got := told(main); got != "starting, running, waiting to join, running" {
		t.Errorf("main: %s", got)
	}
	orphan := lane(t, tl, "printSquare-2")
	if orphan.PID != 9 || orphan.Orphaned != main.End || orphan.End <= main.End {
		t.Errorf("the orphan: %+v", orphan)
	}
	if got := orphan.becomes(); got != "orphan: outlived its parent by 2.2 ms" {
		t.Errorf("got %q", got)
	}
	if got := lane(t, tl, "printSquare-1").becomes(); !strings.Contains(got, "zombie") {
		t.Errorf("got %q", got)
	}
	if got := arrowsOf(tl, Joins); !slices.Equal(got, []string{"printSquare-4 → main"}) {
		t.Errorf("joins: %q", got)
	}
	if got := arrowsOf(tl, Starts); len(got) != 4 {
		t.Errorf("starts: %q", got)
	}
	if got := tl.says(); !strings.Contains(got, "2 are orphans") || !strings.Contains(got, "1 is a zombie") {
		t.Errorf("says %q", got)
	}
}

func TestTimelineOfLockHeld(t *testing.T) {
	tl := newTimeline(lockHeld())
	if got := arrowsOf(tl, HandOver); !slices.Equal(got, []string{"worker-1 → worker-2", "worker-2 → worker-3"}) {
		t.Errorf("hand-overs: %q", got)
	}
	w := lane(t, tl, "worker-3")
	if got := told(w); got != "starting, running, waiting for a lock, running" {
		t.Errorf("worker-3: %s", got)
	}
	if len(w.Holds) != 1 || w.Holds[0].To-w.Holds[0].From < 10*time.Millisecond || w.Holds[0].Lock != "total" {
		t.Errorf("holds %+v", w.Holds)
	}
}

// An operation that never returned lasts to the end of the run.
func TestTimelineOfHang(t *testing.T) {
	tl := newTimeline(hangs())
	for _, name := range []string{"main", "hello-1"} {
		l := lane(t, tl, name)
		last := l.Stretches[len(l.Stretches)-1]
		if last.State != trace.ForMessage || last.To != tl.Length || !strings.Contains(last.What, "main.go:") {
			t.Errorf("%s ends with %+v", name, last)
		}
	}
	if got := arrowsOf(tl, Message); !slices.Equal(got, []string{"main → hello-1"}) {
		t.Errorf("messages: %q", got)
	}
	if d := tl.draw("x", nil); len(d.Breaks) != 1 {
		t.Errorf("%d breaks of the axis", len(d.Breaks))
	}
}

func TestTimelineOfEndOfFileAndTasks(t *testing.T) {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	main.op(trace.Start, "0.1", "worker-1", 10, 50, 9)
	main.op(trace.Map, "0#2", "", 60, 900, 10)
	main.op(trace.Recv, "0#1a", "", 910, 1000, 12).Outcome = trace.EOF
	main.op(trace.Map, "0#2", "", 1010, 1012, 13).Method = "go"
	main.op(trace.Next, "0#2", "", 1020, 1090, 14).Method = "get"
	main.op(trace.Exit, "", "", 1100, 1100, 0)
	w := &scribe{proc: "0.1"}
	w.op(trace.Begin, "", "", 100, 100, 3)
	w.op(trace.Task, "0#2", "", 300, 500, 4)
	w.op(trace.Call, "0#4", "", 350, 400, 5).Method = "dict.set"
	w.op(trace.Task, "0#2", "", 600, 800, 4)
	w.op(trace.Close, "0#1b", "", 950, 960, 6)
	w.op(trace.Exit, "", "", 1050, 1050, 0)
	tl := newTimeline(judge.Picture{Events: append(main.events, w.events...)})
	if got := arrowsOf(tl, EndOfFile); !slices.Equal(got, []string{"worker-1 → main"}) {
		t.Errorf("end of file: %q", got)
	}
	want := "waiting for a task, running, waiting for a manager, running, waiting for a task, running, waiting for a task"
	if got := told(lane(t, tl, "worker-1")); got != want {
		t.Errorf("worker: %s", got)
	}
	want = "running, waiting for a task, running, waiting for a message, running, waiting for a task, running"
	if got := told(lane(t, tl, "main")); got != want {
		t.Errorf("main: %s", got)
	}
}

// What timed out sent, received and was told nothing, whatever the messages look like.
func TestTimelineOfWhatTimedOut(t *testing.T) {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	main.op(trace.Start, "0.1", "worker-1", 10, 50, 9)
	main.op(trace.Recv, "0#1", "", 60, 100, 10).Outcome = trace.Timeout
	main.op(trace.Recv, "0#1", "", 110, 400, 11).Result = "EOF"
	main.op(trace.Recv, "0#1", "", 410, 600, 11).Result = "false"
	wait := main.op(trace.Wait, "0#2", "", 610, 700, 12)
	wait.Method, wait.Outcome = "event.wait", trace.Timeout
	lock := main.op(trace.Lock, "0#3", "", 710, 740, 13)
	lock.Method, lock.Outcome = "lock.timeout", trace.Timeout
	main.op(trace.Unlock, "0#3", "", 741, 742, 14)
	main.op(trace.Join, "0.1", "worker-1", 745, 790, 15).Method = "any"
	main.op(trace.Exit, "", "", 800, 800, 0)
	w := &scribe{proc: "0.1"}
	w.op(trace.Begin, "", "", 70, 70, 3)
	w.op(trace.Send, "0#1", "", 80, 300, 4).Outcome = trace.Timeout
	w.op(trace.Send, "0#1", "", 310, 320, 5)
	w.op(trace.Send, "0#1", "", 500, 510, 5)
	w.op(trace.Notify, "0#2", "", 650, 660, 6).Method = "event.set"
	w.op(trace.Unlock, "0#3", "", 720, 730, 7)
	w.op(trace.Exit, "", "", 750, 750, 0)
	tl := newTimeline(judge.Picture{Events: append(main.events, w.events...)})
	var got []time.Duration
	for _, a := range tl.Arrows {
		switch a.Kind {
		case Message:
			got = append(got, a.Leaves, a.Arrives)
		case EndOfFile, Signalled, HandOver:
			t.Errorf("an arrow too many: %+v", a)
		}
	}
	if want := []time.Duration{us(310), us(400), us(500), us(600)}; !slices.Equal(got, want) {
		t.Errorf("messages go and come at %v, want %v", got, want)
	}
	if got := arrowsOf(tl, Joins); len(got) != 1 {
		t.Errorf("joined: %q", got)
	}
	if l := lane(t, tl, "main"); len(l.Holds) != 0 {
		t.Errorf("holds %+v", l.Holds)
	}
}

// Who waits for the first of several waits for a message, which has one arrow.
func TestTimelineOfTheFirstOfSeveral(t *testing.T) {
	main := &scribe{proc: "0"}
	main.op(trace.Begin, "", "", 0, 0, 0)
	main.op(trace.Start, "0.1", "worker-1", 10, 50, 9)
	for range 2 {
		wait := main.op(trace.Poll, "0#2a", "", 60, 400, 10)
		wait.Method, wait.Carries = "any", []string{"0#1a", "0#2a", "0.1"}
	}
	main.events[len(main.events)-1].Enter, main.events[len(main.events)-1].Leave = us(430), us(440)
	main.op(trace.Recv, "0#2a", "", 450, 460, 11)
	main.op(trace.Exit, "", "", 800, 800, 0)
	w := &scribe{proc: "0.1"}
	w.op(trace.Begin, "", "", 70, 70, 3)
	w.op(trace.Send, "0#2b", "", 390, 395, 4)
	w.op(trace.Exit, "", "", 750, 750, 0)
	tl := newTimeline(judge.Picture{Events: append(main.events, w.events...)})
	if got := told(lane(t, tl, "main")); got != "running, waiting for a message, running, waiting for a message, running, waiting for a message, running" {
		t.Errorf("main: %s", got)
	}
	if got := arrowsOf(tl, Message); len(tl.Arrows) != 2 || !slices.Equal(got, []string{"worker-1 → main"}) {
		t.Errorf("a start and a message: %+v", tl.Arrows)
	}
}

// Whatever a run tells, its lanes are whole: stretches without gaps, in order,
// inside the lane, and every arrow joins two lanes and never goes back in time.
func TestTimelineIsWhole(t *testing.T) {
	for name, p := range pictures() {
		wholeTimeline(t, name, p)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		wholeTimeline(t, "random", randomPicture(r))
	}
}

func wholeTimeline(t *testing.T, name string, p judge.Picture) {
	t.Helper()
	tl := newTimeline(p)
	for _, l := range tl.Lanes {
		at := l.Start
		for _, s := range l.Stretches {
			if s.From != at || s.To < s.From {
				t.Fatalf("%s: %s: a stretch from %s to %s after %s", name, l.Name, s.From, s.To, at)
			}
			at = s.To
		}
		if len(l.Stretches) > 0 && at != l.End {
			t.Fatalf("%s: %s: stretches end at %s, the lane at %s", name, l.Name, at, l.End)
		}
	}
	for _, a := range tl.Arrows {
		if a.Arrives < a.Leaves || a.From == a.To {
			t.Fatalf("%s: %+v", name, a)
		}
	}
	tl.draw("x", nil)
}

// randomPicture is a run that no program has made: any event may stand anywhere.
func randomPicture(r *rand.Rand) judge.Picture {
	var p judge.Picture
	procs := []string{"0", "0.1", "0.2", "0.1.1"}
	objects := []string{"0#1", "0#2a", "0#2b", "0.1", "0.2", ""}
	for _, proc := range procs[:1+r.IntN(len(procs))] {
		s := &scribe{proc: proc}
		for range r.IntN(12) {
			enter := r.IntN(5000)
			row := trace.Operations[r.IntN(len(trace.Operations))]
			e := s.op(row.Kind, objects[r.IntN(len(objects))], "", enter, enter+r.IntN(900)-100, r.IntN(50))
			e.Method, e.Outcome = row.Method, []trace.Outcome{trace.OK, trace.Timeout, trace.EOF, trace.Failed}[r.IntN(4)]
		}
		p.Events = append(p.Events, s.events...)
	}
	states := []box.State{box.Root, box.Joined, box.Orphan, box.Zombie, box.CutOff}
	for i := range r.IntN(5) {
		start := r.IntN(3000)
		p.Processes = append(p.Processes, kernel(7+i, 7+r.IntN(3)-1, start, start+r.IntN(4000), states[r.IntN(len(states))]))
	}
	return p
}

func TestTraceFile(t *testing.T) {
	var b bytes.Buffer
	if err := drawn().WriteTrace(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "trace.json", b.Bytes())
	var f traceFile
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	slicesNest(t, f)
	flows := map[int][2]int{}
	for _, e := range f.Events {
		n := flows[e.ID]
		switch e.Phase {
		case "s":
			n[0]++
		case "f":
			n[1]++
		}
		if e.ID != 0 {
			flows[e.ID] = n
		}
	}
	for id, n := range flows {
		if n != [2]int{1, 1} {
			t.Errorf("flow %d begins %d times and ends %d times", id, n[0], n[1])
		}
	}
}

// slicesNest: the format wants the slices of one track to nest or to follow each
// other. Ours follow each other.
func slicesNest(t *testing.T, f traceFile) {
	t.Helper()
	type track struct{ pid, tid int }
	last := map[track]float64{}
	for _, e := range f.Events {
		if e.Phase != "X" {
			continue
		}
		k := track{e.PID, e.TID}
		if e.Time < last[k]-1e-6 {
			t.Errorf("on track %v a slice begins at %v, before the last one's end %v", k, e.Time, last[k])
		}
		last[k] = e.Time + e.Length
	}
}

func TestScale(t *testing.T) {
	ms := time.Millisecond
	s := newScale(100*ms, []time.Duration{ms, 2 * ms, 3 * ms, 99 * ms}, 0, 100)
	if len(s.breaks) != 1 || s.place(3*ms) < 40 || s.place(100*ms) < 99.9 {
		t.Errorf("got %+v", s)
	}
	last := -1.0
	for d := time.Duration(0); d <= 100*ms; d += ms / 2 {
		if x := s.place(d); x < last {
			t.Fatalf("the axis goes back at %s", d)
		} else {
			last = x
		}
	}
	if s := newScale(10*ms, []time.Duration{5 * ms}, 0, 100); len(s.breaks) != 0 || s.place(5*ms) != 50 {
		t.Errorf("got %+v", s)
	}
}

func TestBrief(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 1500: "1.5 µs", 2 * time.Millisecond: "2 ms", 12340 * time.Microsecond: "12.3 ms", 2010 * time.Millisecond: "2.01 s", 200 * time.Millisecond: "200 ms",
	} {
		if got := brief(d); got != want {
			t.Errorf("%d: got %q, want %q", d, got, want)
		}
	}
}

// TestLabelsDiffer: what happens in the milliseconds after a wait of seconds has an axis that
// can be read.
func TestLabelsDiffer(t *testing.T) {
	for _, test := range []struct {
		moments []time.Duration
		want    string
	}{
		{nil, ""},
		{[]time.Duration{0, us(1000), us(2000)}, "0|1 ms|2 ms"},
		{[]time.Duration{us(2010000), us(2011000), us(2012000)}, "2.01 s|2.011 s|2.012 s"},
		{[]time.Duration{0, us(100200), us(100300)}, "0|100.2 ms|100.3 ms"},
		{[]time.Duration{us(1), us(1)}, "1 µs|1 µs"},
	} {
		if got := strings.Join(labels(test.moments), "|"); got != test.want {
			t.Errorf("%v: %s, want %s", test.moments, got, test.want)
		}
	}
}

// A run by a clock of its own has no processes that the kernel told of: children of one
// name are told apart, and it is said whose times they are.
func TestTimelineOfEventsAlone(t *testing.T) {
	drawn := newTimeline(judge.Picture{Line: "program 2", Events: fanOf(time.Second, time.Second), Again: true})
	var names []string
	for _, l := range drawn.Lanes {
		names = append(names, l.Name)
	}
	if !slices.Equal(names, []string{"main", "work-1", "work-2"}) {
		t.Errorf("lanes %q", names)
	}
	if len(drawn.Notes) != 1 || !strings.Contains(drawn.Notes[0], "a core for each process") {
		t.Errorf("notes %q", drawn.Notes)
	}
}
