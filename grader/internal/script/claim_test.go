package script

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/fixture"
)

func process(pid int, start, end int, fate box.Fate) box.Process {
	ms := time.Millisecond
	return box.Process{PID: pid, Parent: 1, Start: time.Duration(start) * ms, End: time.Duration(end) * ms, Fate: fate, Argv: []string{"child"}}
}

func TestOverlap(t *testing.T) {
	tests := map[string]struct {
		children []box.Process
		want     int
	}{
		"none":          {nil, 0},
		"one":           {[]box.Process{process(2, 0, 5, box.Joined)}, 1},
		"one by one":    {[]box.Process{process(2, 0, 5, box.Joined), process(3, 5, 9, box.Joined)}, 1},
		"side by side":  {[]box.Process{process(2, 0, 5, box.Joined), process(3, 4, 9, box.Joined)}, 2},
		"three of four": {[]box.Process{process(2, 0, 5, box.Joined), process(3, 1, 6, box.Joined), process(4, 2, 7, box.Joined), process(5, 8, 9, box.Joined)}, 3},
	}
	for name, test := range tests {
		if got := overlap(test.children); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

func TestClaimProcesses(t *testing.T) {
	count := func(text string) *exercise.Count {
		c, err := exercise.ParseCount(text)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	root := process(1, 0, 10, box.Root)
	good := []box.Process{root, process(2, 1, 5, box.Joined), process(3, 2, 6, box.Joined)}
	manager := process(4, 0, 9, box.Joined)
	manager.Argv = []string{"x [mp.manager-1]", "1"}
	managed := append([]box.Process{root, manager}, good[1:]...)
	named := process(4, 0, 9, box.Joined)
	named.Argv = []string{"x [work [mp.manager-1]]", "1"}
	forgotten := slices.Clone(managed)
	forgotten[1].Fate = box.Orphan
	left := []box.Process{root, process(2, 1, 5, box.Zombie), process(3, 2, 12, box.Orphan), process(4, 2, 12, box.Orphan)}
	tests := map[string]struct {
		processes []box.Process
		unseen    []string
		want      processWant
		got       string // the claim's Got
		holds     bool
		cantTell  bool
	}{
		"all well":          {good, nil, processWant{children: count("2"), overlap: count("2"), joined: true, distinct: true}, "2 children, every child was joined, 2 children at once, distinct pids", true, false},
		"with a manager":    {managed, nil, processWant{children: count("2"), overlap: count("2..2"), joined: true}, "2 children, every child was joined, 2 children at once", true, false},
		"its name borrowed": {append([]box.Process{named}, good...), nil, processWant{children: count("2")}, "3 child processes", false, false},
		"manager left":      {forgotten, nil, processWant{children: count("2"), joined: true}, "1 orphan (outlived its parent)", false, false},
		"too few":           {good, nil, processWant{children: count("3")}, "2 child processes", false, false},
		"too few, unseen":   {good, []string{"short-lived processes"}, processWant{children: count("3")}, "2 child processes", false, true},
		"too many":          {good, []string{"short-lived processes"}, processWant{children: count("0..1")}, "2 child processes", false, false},
		"not joined":        {left, nil, processWant{joined: true}, "2 orphans (outlived their parent), 1 zombie (ended, never waited for)", false, false},
		"joins unseen":      {[]box.Process{root, process(2, 1, 5, box.Joined), process(3, 2, 6, box.Ended)}, nil, processWant{joined: true}, "1 child of which nobody saw whether they were joined", false, true},
		"one seen left":     {append(slices.Clone(left), process(5, 2, 6, box.Ended)), nil, processWant{joined: true}, "2 orphans (outlived their parent), 1 zombie (ended, never waited for)", false, false},
		"no overlap":        {good, nil, processWant{overlap: count("3")}, "at most 2 at once", false, false},
		"overlap at most":   {good, nil, processWant{overlap: count("1..1")}, "at most 2 at once", false, false},
		"same pid":          {[]box.Process{root, process(1, 2, 3, box.Joined)}, nil, processWant{distinct: true}, "pid 1 twice", false, false},
	}
	for name, test := range tests {
		c := claimProcesses(&box.Observation{Processes: test.processes, Unseen: test.unseen}, test.want)
		if c.Holds != test.holds || c.Got != test.got || c.Unseen != test.cantTell {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

func TestClaimEnded(t *testing.T) {
	o := &box.Observation{
		Hit:       &box.Hit{Limit: "wall", Bound: "2s", Seen: "2.01s"},
		Processes: []box.Process{process(1, 0, 2000, box.Root), process(2, 1, 2000, box.CutOff), process(3, 1, 5, box.Joined)},
		Stderr:    box.Stream{Bytes: []byte("panic: no\n")},
	}
	c := claimEnded(o)
	text := strings.Join(c.Detail, "\n")
	if c.Holds || !strings.Contains(text, "still running: pid 2") || strings.Contains(text, "pid 3") || !strings.Contains(text, "stderr: panic: no") {
		t.Errorf("got %+v", c)
	}
}

func TestUnordered(t *testing.T) {
	for got, holds := range map[string]bool{"b\na\na\n": true, "a\nb\n": false, "a\na\nb\nb\n": false, "": false} {
		if c := claimUnordered("stdout", box.Stream{Bytes: []byte(got)}, "a\na\nb\n"); c.Holds != holds {
			t.Errorf("%q: holds %v", got, c.Holds)
		}
	}
}

func TestSummary(t *testing.T) {
	long := strings.Repeat("a line\n", 3)
	tests := []struct{ want, got, summary string }{
		{"3\n", "2\n", "stdout: expected 3, seen 2"},
		{"3\n", "", "stdout: nothing was printed"},
		{long, long + "x\n", "stdout differs from what is expected"},
	}
	for _, test := range tests {
		c := Claim{Subject: "stdout", Whole: true, Want: test.want, Got: test.got}
		if got := c.Summary(); got != test.summary {
			t.Errorf("got %q, want %q", got, test.summary)
		}
	}
}

func TestExcerptBeginsAtTheCrash(t *testing.T) {
	text := "one\ntwo\nthree\npanic: no\n\ngoroutine 1:\nmain.run()\n\tlockstep/u/10-lost/main.go:14 +0x7a\nlast\n"
	got := strings.Join(excerpt("stderr", []byte(text), 5), "\n")
	want := "stderr: … 3 lines before\nstderr: panic: no\nstderr: \nstderr: goroutine 1:\nstderr: main.run()\nstderr: \tmain.go:14 +0x7a\nstderr: … 1 line more"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := excerpt("stdout", []byte("a\nb\nc\n"), 2); strings.Join(got, "|") != "stdout: … 1 line before|stdout: b|stdout: c" {
		t.Errorf("got %q", got)
	}
}

// A pid that the machine may have missed is no wrong answer.
func TestAgainstPIDs(t *testing.T) {
	equals := func(got string) func(string) Claim {
		return func(want string) Claim { return claimEquals("stdout", box.Stream{Bytes: []byte(got)}, want) }
	}
	missed := []string{"short-lived processes"}
	two := []box.Process{process(7, 0, 9, box.Root), process(8, 1, 2, box.Joined)}
	tests := map[string]struct {
		want, got string
		processes []box.Process
		unseen    []string
		holds     bool
		cantTell  bool
	}{
		"right":              {"{{pid 0}} {{pid 1}}", "7 8", two, nil, true, false},
		"right, though":      {"{{pid 0}} {{pid 1}}", "7 8", two, missed, true, false},
		"wrong":              {"{{pid 1}}", "7", two, nil, false, false},
		"not there":          {"{{pid 1}}", "8", two[:1], nil, false, false},
		"missed":             {"{{pid 1}}", "8", two[:1], missed, false, true},
		"another was missed": {"{{pid 1}}", "9", two, missed, false, true},
		"the root's":         {"{{pid 0}}", "8", two, missed, false, false},
	}
	for name, test := range tests {
		o := &box.Observation{Processes: test.processes, Unseen: test.unseen}
		if c := against(test.want, o, equals(test.got)); c.Holds != test.holds || c.Unseen != test.cantTell {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

// Any pairing of lines with the pids of children will do, and no pid twice.
func TestAnyPIDs(t *testing.T) {
	three := []box.Process{process(7, 0, 9, box.Root), process(8, 1, 2, box.Joined), process(9, 1, 2, box.Joined)}
	missed := []string{"short-lived processes"}
	tests := map[string]struct {
		how, want, got string
		processes      []box.Process
		unseen         []string
		holds          bool
		cantTell       bool
	}{
		"in order":       {"equals", "0 is {{pid}}\n1 is {{pid}}\n", "0 is 8\n1 is 9\n", three, nil, true, false},
		"crosswise":      {"unordered", "0 is {{pid}}\n1 is {{pid}}\n", "1 is 8\n0 is 9\n", three, nil, true, false},
		"alike":          {"unordered", "{{pid}}\n{{pid}}\n", "9\n8\n", three, nil, true, false},
		"twice":          {"unordered", "0 is {{pid}}\n1 is {{pid}}\n", "0 is 8\n1 is 8\n", three, nil, false, false},
		"twice in one":   {"equals", "{{pid}} {{pid}}\n", "8 8\n", three, nil, false, false},
		"the parent's":   {"equals", "0 is {{pid}}\n", "0 is 7\n", three, nil, false, false},
		"with the root":  {"equals", "{{pid 0}}: {{pid}}\n", "7: 9\n", three, nil, true, false},
		"nobody's":       {"equals", "{{pid}}\n", "5\n", three, nil, false, false},
		"missed":         {"equals", "{{pid}}\n", "5\n", three, missed, false, true},
		"no child":       {"matches", "is {{pid}}$", "is 7\n", three[:1], nil, false, false},
		"in a pattern":   {"matches", `\A(\d is {{pid}}\n){2}\z`, "0 is 9\n1 is 8\n", three, nil, true, false},
		"a longer one's": {"matches", "is {{pid}}$", "is 88\n", three, nil, false, false},
	}
	for name, test := range tests {
		o := &box.Observation{Processes: test.processes, Unseen: test.unseen}
		s := box.Stream{Bytes: []byte(test.got)}
		claim := map[string]func(string) Claim{
			"equals":    func(want string) Claim { return claimEquals("stdout", s, want) },
			"unordered": func(want string) Claim { return claimUnordered("stdout", s, want) },
			"matches":   func(want string) Claim { return claimMatches("stdout", s, want) },
		}[test.how]
		c := against(withAnyPIDs(test.want, test.how == "matches", s.Bytes, o), o, claim)
		if c.Holds != test.holds || c.Unseen != test.cantTell {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

// What fails for certain in one run is told before what can't be told in another.
func TestClaimAllPrefersCertainty(t *testing.T) {
	claims := []Claim{{Holds: true}, {Unseen: true}, {Got: "certain"}, {Unseen: true}}
	s := &state{record: &Record{}}
	for i := range claims {
		s.batch = append(s.batch, i)
		s.record.Runs = append(s.record.Runs, Execution{Observation: &box.Observation{}})
	}
	next := -1
	s.claimAll(func(Execution) Claim { next++; return claims[next] })
	if c := s.record.Claims[0]; c.Unseen || c.Run != 2 || c.Detail[0] != "in 3 of 4 runs; this is run 3" {
		t.Errorf("got %+v", c)
	}
}

func TestAtOnce(t *testing.T) {
	asked := []fixture.Request{
		{Path: "/rates/usd", Status: 200, AtOnce: 2, Left: 3 * time.Millisecond},
		{Path: "/rates/jpy", AtOnce: 2},
		{Path: "/rates/btc", Status: 500, AtOnce: 1, Came: time.Millisecond, Left: 4 * time.Millisecond},
	}
	for text, holds := range map[string]bool{"1": true, "2": true, "3": false, "1..1": false, "2..2": true, "3..": false, "0..": true} {
		want, err := exercise.ParseCount(text)
		if err != nil {
			t.Fatal(err)
		}
		c := claimAtOnce(asked, *want)
		if c.Holds != holds || c.Got != "at most 2 at once" {
			t.Errorf("%s: got %+v", text, c)
		}
		told := strings.Join(c.Detail, "; ")
		if told != "/rates/usd: answered 200 after 3ms, one of 2 at once; /rates/jpy: no answer was taken, one of 2 at once; /rates/btc: answered 500 after 3ms, asked alone" {
			t.Errorf("told %s", told)
		}
	}
}
