package script

import (
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/mp/trace"
)

func TestClaimNeeded(t *testing.T) {
	const changed = explore.Changed
	all := []string{"add-1", "add-2"}
	for name, test := range map[string]struct {
		runs     []explore.Spoilt
		obstacle explore.Obstacle
		holds    bool
		unseen   bool
		got      string
	}{
		"nothing comes out right":         {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all}, {Work: all[:1]}, {Way: changed, Work: all[:1]}}, holds: true},
		"nobody's work is needed":         {runs: []explore.Spoilt{{Work: all, Right: true}}, got: "without it"},
		"one's is not":                    {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all}, {Work: all[:1]}, {Work: all[1:], Right: true}}, got: "without add-2's"},
		"what they hand over is not used": {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all, Right: true}}, got: "the parent does not use what they do"},
		"nor is one's":                    {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all}, {Way: changed, Work: all[1:], Right: true}}, got: "all that add-2 handed over had been changed"},
		"they hand over nothing":          {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all, Right: true, Bare: true}}, got: "hand over nothing by package mp"},
		"they may, by files":              {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all, Right: true, Bare: true, Files: true}}, unseen: true, got: "by files they may"},
		"they may, and one's work is not needed": {
			runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all, Right: true, Bare: true, Files: true}, {Work: all[:1], Right: true}}, got: "without add-1's",
		},
		"nobody knows":                                    {runs: []explore.Spoilt{{Work: all, Long: true}}, unseen: true, got: "too long"},
		"nobody knows what is used":                       {runs: []explore.Spoilt{{Work: all}, {Way: changed, Work: all, Long: true}}, unseen: true, got: "too long"},
		"there is nobody":                                 {runs: []explore.Spoilt{{Right: true}}, got: "no child"},
		"others may have worked":                          {runs: []explore.Spoilt{{Work: all, Right: true}}, obstacle: explore.Foreigners, unseen: true},
		"the library was never given the word":            {obstacle: explore.Elsewhere, unseen: true},
		"goroutines, and nobody's work is needed":         {runs: []explore.Spoilt{{Work: all, Right: true}}, obstacle: explore.Goroutines, got: "without it"},
		"goroutines, so that a wrong output says nothing": {runs: []explore.Spoilt{{Work: all}}, obstacle: explore.Goroutines, unseen: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := claimNeeded(test.runs, test.obstacle)
			if c.Holds != test.holds || c.Unseen != test.unseen || !strings.Contains(c.Got, test.got) {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestClaimWork(t *testing.T) {
	run := func(unseen []string, times ...time.Duration) *box.Observation {
		o := &box.Observation{Unseen: unseen}
		for i, cpu := range times {
			o.Processes = append(o.Processes, box.Process{PID: i + 1, CPU: cpu * time.Millisecond})
		}
		return o
	}
	for name, test := range map[string]struct {
		seen          *box.Observation
		holds, unseen bool
	}{
		"the children work":            {run(nil, 10, 200, 200), true, false},
		"the parent does":              {run(nil, 400, 10, 10), false, false},
		"just half":                    {run(nil, 100, 50, 50), true, false},
		"a child may have been missed": {run([]string{"short-lived processes"}, 400, 10), false, true},
		"nobody":                       {run(nil, 400), false, false},
	} {
		if c := claimWork(test.seen, 0.5); c.Holds != test.holds || c.Unseen != test.unseen {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestClaimUses(t *testing.T) {
	begin := func(proc, name string) trace.Event { return trace.Event{Proc: proc, Kind: trace.Begin, Name: name} }
	op := func(proc string, k trace.Kind, object string) trace.Event {
		return trace.Event{Proc: proc, Kind: k, Object: object}
	}
	begun := []trace.Event{begin("0", "main"), begin("0.1", "add-1"), begin("0.2", "add-2")}
	at := func(e trace.Event, line int) trace.Event {
		e.Name, e.Site = "total", trace.Site{File: "main.go", Line: line}
		return e
	}
	for name, test := range map[string]struct {
		events []trace.Event
		want   exercise.Uses
		got    string // "": it holds
	}{
		"each writes what the parent reads": {
			append(begun, op("0.1", trace.Set, "0#1"), op("0.2", trace.Set, "0#1"), op("0", trace.Get, "0#1")),
			exercise.Uses{EachChild: []exercise.Use{"writes"}, Parent: []exercise.Use{"reads"}}, "",
		},
		"one writes what nobody else knows": {
			append(begun, op("0.1", trace.Set, "0#1"), at(op("0.2", trace.Set, "0.2#1"), 7), op("0", trace.Get, "0#1")),
			exercise.Uses{EachChild: []exercise.Use{"writes"}}, "add-2 writes what another process uses too: it writes total at main.go:7, and no other",
		},
		"one only sleeps": {
			append(begun, op("0.1", trace.Set, "0#1"), op("0", trace.Get, "0#1"), at(op("0", trace.Start, "0.2"), 9)),
			exercise.Uses{EachChild: []exercise.Use{"shares"}}, "add-2 uses what another process uses too: it uses nothing that processes share; it is started at main.go:9",
		},
		"each sends through its own pipe": {
			append(begun, op("0.1", trace.Send, "0#1b"), op("0", trace.Recv, "0#1a"), op("0.2", trace.Send, "0#2b"), op("0", trace.Recv, "0#2a")),
			exercise.Uses{EachChild: []exercise.Use{"sends"}, Parent: []exercise.Use{"receives"}}, "",
		},
		"nobody receives": {
			append(begun, op("0.1", trace.Send, "0#1b"), op("0.2", trace.Send, "0#1b")),
			exercise.Uses{Parent: []exercise.Use{"receives"}}, "main receives",
		},
		"one only looks, in vain": {
			append(begun, op("0", trace.Send, "0#1"), op("0.1", trace.Recv, "0#1"), trace.Event{Proc: "0.2", Kind: trace.Recv, Object: "0#1", Outcome: trace.Timeout}),
			exercise.Uses{EachChild: []exercise.Use{"receives"}}, "add-2 receives",
		},
		"no children": {begun[:1], exercise.Uses{EachChild: []exercise.Use{"locks"}}, "children"},
	} {
		t.Run(name, func(t *testing.T) {
			c := claimUses(test.events, &test.want)
			if c.Holds != (test.got == "") || !strings.Contains(c.Want+": "+c.Got, test.got) || c.Unseen {
				t.Errorf("got %+v", c)
			}
		})
	}
	if c := claimUses(nil, &exercise.Uses{Parent: []exercise.Use{"reads"}}); !c.Unseen {
		t.Errorf("of a program that told nothing: %+v", c)
	}
}

// Beside work, a minimum of children at once counts those that did some of it.
func TestOverlapOfWork(t *testing.T) {
	p := func(cpu time.Duration) box.Process {
		return box.Process{End: 100 * time.Millisecond, State: box.Joined, CPU: cpu * time.Millisecond}
	}
	for name, test := range map[string]struct {
		want  exercise.Processes
		seen  []box.Process
		holds bool
	}{
		"all of them work":              {exercise.Processes{Overlap: &exercise.Count{Min: 2, Max: 2, Bare: true}, Work: 0.5}, []box.Process{p(1), p(50), p(50)}, true},
		"one does":                      {exercise.Processes{Overlap: &exercise.Count{Min: 2, Max: 2, Bare: true}, Work: 0.5}, []box.Process{p(1), p(100), p(2)}, false},
		"one does, and none is asked":   {exercise.Processes{Overlap: &exercise.Count{Min: 2, Max: 2, Bare: true}}, []box.Process{p(1), p(100), p(2)}, true},
		"one does, and two are counted": {exercise.Processes{Overlap: &exercise.Count{Min: 2, Max: 2}, Work: 0.5}, []box.Process{p(1), p(100), p(2)}, true},
	} {
		o := &box.Observation{Processes: test.seen}
		for _, p := range test.seen {
			o.CPU += p.CPU
		}
		if c := claimProcesses(o, &test.want); c.Holds != test.holds {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// Processes at work are those that used time worth telling, and they count together
// only while both are alive.
func TestAtWork(t *testing.T) {
	p := func(start, end, cpu time.Duration) box.Process {
		return box.Process{Start: start * time.Millisecond, End: end * time.Millisecond, CPU: cpu * time.Millisecond}
	}
	for name, test := range map[string]struct {
		seen box.Observation
		want int
	}{
		"one after another":        {box.Observation{CPU: 201e6, Processes: []box.Process{p(0, 210, 1), p(1, 100, 100), p(101, 209, 100)}}, 1},
		"side by side":             {box.Observation{CPU: 201e6, Processes: []box.Process{p(0, 110, 1), p(1, 100, 100), p(2, 109, 100)}}, 2},
		"one that only waits":      {box.Observation{CPU: 102e6, Processes: []box.Process{p(0, 110, 1), p(1, 100, 100), p(2, 109, 1)}}, 1},
		"one may have been missed": {box.Observation{CPU: 101e6, Unseen: []string{"x"}, Processes: []box.Process{p(0, 110, 1), p(1, 100, 100)}}, 0},
	} {
		if got := atWork(&test.seen); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
