package script

import (
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/fixture"
)

func process(pid int, start, end int, state box.State) box.Process {
	ms := time.Millisecond
	return box.Process{PID: pid, Parent: 1, Start: time.Duration(start) * ms, End: time.Duration(end) * ms, State: state, Argv: []string{"child"}}
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
	forgotten[1].State = box.Orphan
	left := []box.Process{root, process(2, 1, 5, box.Zombie), process(3, 2, 12, box.Orphan), process(4, 2, 12, box.Orphan)}
	tests := map[string]struct {
		processes []box.Process
		unseen    []string
		want      exercise.Processes
		got       string // the claim's Got
		holds     bool
		cantTell  bool
	}{
		"all well":          {good, nil, exercise.Processes{Children: count("2"), Overlap: count("2"), Joined: "all", DistinctPIDs: true}, "2 children, every child was joined, 2 children at once, distinct pids", true, false},
		"with a manager":    {managed, nil, exercise.Processes{Children: count("2"), Overlap: count("2..2"), Joined: "all"}, "2 children, every child was joined, 2 children at once", true, false},
		"its name borrowed": {append([]box.Process{named}, good...), nil, exercise.Processes{Children: count("2")}, "3 child processes", false, false},
		"manager left":      {forgotten, nil, exercise.Processes{Children: count("2"), Joined: "all"}, "1 orphan (outlived its parent)", false, false},
		"too few":           {good, nil, exercise.Processes{Children: count("3")}, "2 child processes", false, false},
		"too few, unseen":   {good, []string{"short-lived processes"}, exercise.Processes{Children: count("3")}, "2 child processes", false, true},
		"too many":          {good, []string{"short-lived processes"}, exercise.Processes{Children: count("0..1")}, "2 child processes", false, false},
		"not joined":        {left, nil, exercise.Processes{Joined: "all"}, "2 orphans (outlived their parent), 1 zombie (ended, never waited for)", false, false},
		"joins unseen":      {[]box.Process{root, process(2, 1, 5, box.Joined), process(3, 2, 6, box.Ended)}, nil, exercise.Processes{Joined: "all"}, "1 child of which nobody saw whether they were joined", false, true},
		"one seen left":     {append(slices.Clone(left), process(5, 2, 6, box.Ended)), nil, exercise.Processes{Joined: "all"}, "2 orphans (outlived their parent), 1 zombie (ended, never waited for)", false, false},
		"no overlap":        {good, nil, exercise.Processes{Overlap: count("3")}, "at most 2 at once", false, false},
		"one by one":        {[]box.Process{root, process(2, 1, 5, box.Joined), {PID: 3, Parent: 1, Start: 6 * time.Millisecond, End: 9 * time.Millisecond}}, nil, exercise.Processes{Overlap: count("2")}, "at most 1 at once: each had ended before the next was started", false, false},
		"overlap at most":   {good, nil, exercise.Processes{Overlap: count("1..1")}, "at most 2 at once", false, false},
		"same pid":          {[]box.Process{root, process(1, 2, 3, box.Joined)}, nil, exercise.Processes{DistinctPIDs: true}, "pid 1 twice", false, false},
	}
	for name, test := range tests {
		c := claimProcesses(&box.Observation{Processes: test.processes, Unseen: test.unseen}, &test.want)
		if c.Holds != test.holds || c.Got != test.got || c.Unseen != test.cantTell {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

func TestClaimEnded(t *testing.T) {
	o := &box.Observation{
		Exceeded:  &box.LimitExceeded{Limit: "wall", Bound: "2s", Seen: "2.01s"},
		Processes: []box.Process{process(1, 0, 2000, box.Root), process(2, 1, 2000, box.CutOff), process(3, 1, 5, box.Joined)},
		Stderr:    box.Stream{Bytes: []byte("panic: no\n")},
	}
	c := claimEnded(o)
	text := strings.Join(append(c.Detail, c.Said...), "\n")
	if c.Holds || !strings.Contains(text, "still running: child (pid 2)") || strings.Contains(text, "pid 3") || !strings.Contains(text, "stderr: panic: no") {
		t.Errorf("got %+v", c)
	}
}

// TestStalls says what processes waited for that did not end.
func TestStalls(t *testing.T) {
	o := &box.Observation{Processes: []box.Process{
		{PID: 1, State: box.Root, Argv: []string{"10-lost", "3"}, Stalls: []box.Stall{{For: box.ForChild, Others: []int{2}}}},
		{PID: 2, Argv: []string{"/bin/cat"}, Stalls: []box.Stall{{For: box.ForData, What: "pipe", Others: []int{1, 2}}}},
		{PID: 3, Stalls: []box.Stall{
			{For: box.ForRoom, What: "pipe"}, {For: box.ForData, What: "terminal"}, {For: box.ForCaller}, {For: box.ForLock}, {For: box.ForChild},
		}},
	}}
	want := [][]string{
		{"  waits for the end of cat (pid 2)"},
		{"  reads a pipe, of which a write end is open in main (pid 1) and itself"},
		{"  writes to a full pipe that nobody of the run reads", "  reads from a terminal, to which nothing comes", "  waits for somebody to connect", "  waits for a lock on a file"},
	}
	for i, p := range o.Processes {
		if got := stalls(o, p); !slices.Equal(got, want[i]) {
			t.Errorf("process %d: got %q, want %q", p.PID, got, want[i])
		}
	}
}

// TestEndLeftOpen finds who keeps a pipe open that another reads to its end.
func TestEndLeftOpen(t *testing.T) {
	reads := func(holders ...int) []box.Stall {
		return []box.Stall{{For: box.ForData, What: "pipe", Others: holders}}
	}
	joins := func(pids ...int) []box.Stall { return []box.Stall{{For: box.ForChild, Others: pids}} }
	for name, test := range map[string]struct {
		main, count, upper []box.Stall
		want               string
	}{
		"the parent":                {joins(2), reads(1), nil, "count (pid 2) waits for the end of what it reads; main (pid 1) still holds a write end of that pipe"},
		"by way of another":         {joins(3), reads(1), reads(2), "count (pid 2) waits for the end of what it reads; main (pid 1) still holds a write end of that pipe"},
		"itself":                    {joins(2), reads(2), nil, "count (pid 2) waits for the end of what it reads; it holds a write end of that pipe itself"},
		"both":                      {joins(2), reads(1, 2), nil, "count (pid 2) waits for the end of what it reads; main (pid 1) still holds a write end of that pipe, and it holds a write end of that pipe itself"},
		"the parent computes":       {nil, reads(1), nil, ""},
		"one who holds it computes": {joins(2), reads(1, 3), nil, ""},
		"nobody is known":           {joins(2), reads(), nil, ""},
	} {
		o := &box.Observation{Exceeded: &box.LimitExceeded{Limit: "wall", Bound: "2s", Seen: "2s"}, Processes: []box.Process{
			{PID: 1, State: box.Root, Stalls: test.main}, {PID: 2, Argv: []string{"count"}, Stalls: test.count}, {PID: 3, Argv: []string{"upper"}, Stalls: test.upper},
		}}
		if got := leftOpen(o); got != test.want {
			t.Errorf("%s: got %q", name, got)
		}
		if c := claimEnded(o); (c.Outcome == "end left open") != (test.want != "") || !strings.HasSuffix(c.Got, test.want) {
			t.Errorf("%s: got %+v", name, c)
		}
	}
}

// TestForced names processes in a few words, and orders that were forced.
func TestForced(t *testing.T) {
	lock, counter := box.Step{Does: "create", Name: "lock"}, box.Step{Does: "change", Name: "counter"}
	o := &box.Observation{
		Processes: []box.Process{{PID: 1, State: box.Root}, {PID: 2, Argv: []string{"40-one [add-1]", "3"}}, {PID: 3, Argv: []string{"/bin/cat"}}},
		Forced: []box.Forced{
			{Hold: box.Hold{At: lock, Until: lock}, PID: 2, By: 3}, {Hold: box.Hold{At: lock, Until: counter}, PID: 1, By: 2}, {Hold: box.Hold{At: lock, Until: lock}, PID: 2},
		},
	}
	want := []string{
		"add-1 (pid 2) was about to create lock, and was stopped until cat (pid 3) was, too",
		"main (pid 1) was about to create lock, and was stopped until add-1 (pid 2) was about to change counter",
	}
	if got := forced(o); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestUnordered(t *testing.T) {
	for got, holds := range map[string]bool{"b\na\na\n": true, "a\nb\n": false, "a\na\nb\nb\n": false, "": false} {
		if c := claimUnordered("stdout", got, "a\na\nb\n"); c.Holds != holds {
			t.Errorf("%q: holds %v", got, c.Holds)
		}
	}
}

// TestOrder wants all lines with one text before all lines with the next.
func TestOrder(t *testing.T) {
	const want = `all lines with "up", then lines with "work", then "down"`
	for got, seen := range map[string]string{
		"up 1\nup 2\nwork\nx\nwork\ndown\n": "",
		"x\nup\nwork\ndown":                 "",
		"up\nwork\nup\ndown\n":              `line 2 is "work", and line 3 "up"`,
		"up\ndown\nwork\n":                  `line 2 is "down", and line 3 "work"`,
		"up work\nwork\ndown\n":             `line 1 is "up work", and line 1 "up work"`,
		"up\ndown\n":                        `no line with "work"`,
		"":                                  `no line with "up"`,
	} {
		if c := claimOrder("stdout", got, "up\nwork\ndown\n"); c.Holds != (seen == "") || !c.Holds && c.Got != seen || c.Want != want {
			t.Errorf("%q: got %+v", got, c)
		}
	}
}

// TestEase compares texts as loosely as an expectation says, and no more.
func TestEase(t *testing.T) {
	for _, test := range []struct {
		want, got string
		within    float64
		loose     bool
		holds     bool
	}{
		{"pi is 3.14159\n", "pi is 3.1415\n", 0, false, false},
		{"pi is 3.14159\n", "pi is 3.1415\n", 0.001, false, true},
		{"pi is 3.14159\n", "pi is 3.1405\n", 0.001, false, false},
		{"pi is 3.14159\n", "pj is 3.14159\n", 0.001, false, false},
		{"0.30\n", "0.31\n", 0.01, false, true},
		{"0.30\n", "0.3101\n", 0.01, false, false},
		{"9007199254740992\n", "9007199254740996\n", 0.01, false, false},
		{"-0.001 1e3\n", "0.001 1000\n", 0.01, false, true},
		{"1\n2\n", "1.0\n", 0.1, false, false},
		{"1\n", "1 1\n", 5, false, false},
		{"1e999\n", "1e998\n", 5, false, false},
		{"a b\nc\n", "  a \t b\n\n\nc", 0, false, false},
		{"a b\nc\n", "  a \t b\r\n\n\nc", 0, true, true},
		{"a b\nc\n", "ab\nc\n", 0, true, false},
		{"a b\nc\n", "a\nb\nc\n", 0, true, false},
		{"a 1.0\n", "  a   1.01\n", 0.1, true, true},
	} {
		want, got := test.want, test.got
		if test.loose {
			want, got = loosened(want), loosened(got)
		}
		if c := claimEquals("stdout", near(want, got, test.within), want); c.Holds != test.holds {
			t.Errorf("%+v: got %+v", test, c)
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

func TestExcerpt(t *testing.T) {
	if got := excerpt("stdout", []byte("a\nb\nc\n"), 2); strings.Join(got, "|") != "stdout: … 1 line before|stdout: b|stdout: c" {
		t.Errorf("got %q", got)
	}
}

// TestCrash reads what Go programs say as they crash.
func TestCrash(t *testing.T) {
	tests := map[string]struct{ said, want string }{
		"none": {"all is well\n", ""},
		"nil pointer, in the student's function": {
			"before\npanic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4ee99d]\n\n" +
				"goroutine 1 [running]:\nmain.run()\n\tlockstep/u/s0-10-lost/main.go:53 +0x1d\nlockstep/mp.Main(0x5263b8)\n\tlockstep/mp/main.go:60 +0x3a\nmain.main()\n\tlockstep/u/s0-10-lost/main.go:30 +0x1a\nexit status 2\n",
			"panic: runtime error: invalid memory address or nil pointer dereference\n  run at main.go:53\n  main at main.go:30\n  (and 1 place in the library and the runtime)",
		},
		"deep in the library": {
			"panic: mp: Unlock of a lock that this process does not hold\n\ngoroutine 1 [running]:\nlockstep/mp.(*Lock).Unlock(0xc000012345)\n\tlockstep/mp/lock.go:90 +0x1\nmain.(*shelf[...]).put(...)\n\tlockstep/u/10/main.go:8\nmain.init.func1(0x3)\n\tlockstep/u/10/main.go:20 +0x2\n\ngoroutine 7 [select]:\nmain.other()\n\tlockstep/u/10/main.go:99 +0x2\n",
			"panic: mp: Unlock of a lock that this process does not hold\n  (*shelf[...]).put at main.go:8\n  init.func1 at main.go:20\n  (and 1 place in the library and the runtime)",
		},
		"a message of several lines": {
			"panic: first\n\tpanic: second [recovered]\n\ngoroutine 1 [running]:\nmain.f()\n\tlockstep/u/1/a.go:2 +0x1\n",
			"panic: first\n\tpanic: second [recovered]\n  f at a.go:2",
		},
		"a deadlock": {
			"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\tlockstep/u/1/main.go:5 +0x1\n\ngoroutine 6 [chan send]:\nmain.main.func1()\n\tlockstep/u/1/main.go:9 +0x1\ncreated by main.main in goroutine 1\n\tlockstep/u/1/main.go:8 +0x1\n",
			"fatal error: all goroutines are asleep - deadlock!\n  main at main.go:5",
		},
		"without a trace": {"panic: no\n", "panic: no"},
	}
	for name, test := range tests {
		var want []string
		for line := range strings.Lines(test.want) {
			want = append(want, "stderr: "+strings.TrimSuffix(line, "\n"))
		}
		if got := excerpt("stderr", []byte(test.said), 1); want != nil && !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestUnseen compares outputs that look alike.
func TestUnseen(t *testing.T) {
	tests := []struct {
		want, got string
		line      int
		words     string // "": they look different, or are equal
	}{
		{"10\n", "10\n", 0, ""},
		{"10\n", "11 \n", 0, ""},
		{"10\n", "10", 1, "its line end is missing"},
		{"10", "10\n", 1, "a line end too many"},
		{"10\n", "10\n\n", 2, "a line end too many"},
		{"10\n", "10 \n", 1, "a space at its end"},
		{"10\n", "10\t\t\n", 1, "2 times a tab at its end"},
		{"10 \n", "10\n", 1, "white space is missing at its end"},
		{"a\n10\n", "a\n10\r\n", 2, "a carriage return before its end, as Windows writes"},
		{"a b\n", "a\u00a0b\n", 1, "a no-break space (U+00A0) at column 2, where a space is wanted"},
		{"a b\n", "a\tb\n", 1, "a tab at column 2, where a space is wanted"},
		{"ab\n", "\ufeffab\n", 1, "a byte order mark (U+FEFF) at column 1, which can't be seen"},
		{"ab\n", "a\u200bb\n", 1, "a zero-width space (U+200B) at column 2, which can't be seen"},
		{"ab\n", "a\rb\n", 1, "a carriage return at column 2, which can't be seen"},
		{"a\u200db\n", "ab\n", 1, "a character (U+200D) is missing at column 2, which can't be seen"},
	}
	for _, test := range tests {
		d, ok := unseen(test.want, test.got)
		if ok != (test.words != "") || ok && (d.line != test.line || d.words() != test.words) {
			t.Errorf("%q, %q: got line %d, %v", test.want, test.got, d.line, ok)
			if ok {
				t.Errorf("  %s", d.words())
			}
		}
	}
}

func TestMatching(t *testing.T) {
	for pattern, want := range map[string]string{
		`(?m)^PRNT: Ada true$`: "a line PRNT: Ada true",
		`^a{2}b$`:              "a line aab",
		`^$`:                   "a match of ^$",
		`\A(\d squared is \d+\n|all done\n){11}\z`:          "11 lines N squared is N or all done (N: a number)",
		`\A(\d squared is \d\n){2}all done\n\z`:             "2 lines N squared is N, then a line all done (N: a number)",
		`\A\[\d+( \d+){4}\]\n\z`:                            "a line [N N N N N] (N: a number)",
		`\A1 jpy = 0\.00\d+ chf\n1 krw = 0\.000\d+ chf\n\z`: "a line 1 jpy = 0.00N chf, then a line 1 krw = 0.000N chf (N: a number)",
		`\Amain has pid 12\n`:                               "at the beginning a line main has pid 12",
		`no rate for btc`:                                   "a match of no rate for btc",
		`\A(a|b)*\z`:                                        "a match of \\A(a|b)*\\z",
		`(?i)^abc$`:                                         "a match of (?i)^abc$",
		`\A(a\nb\n){2}\z`:                                   "a match of \\A(a\\nb\\n){2}\\z",
	} {
		if got := matching(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}

// A pid that the machine may have missed is no wrong answer.
func TestAgainstPIDs(t *testing.T) {
	equals := func(got string) func(string) Claim {
		return func(want string) Claim { return claimEquals("stdout", got, want) }
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
		"in the words":       {"{{pid 1}}", "(pid of another child)", two[:1], nil, false, false},
	}
	for name, test := range tests {
		o := &box.Observation{Processes: test.processes, Unseen: test.unseen}
		if c := against(test.want, test.got, o, equals(test.got)); c.Holds != test.holds || c.Unseen != test.cantTell {
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
		"in the words":   {"unordered", "0 is {{pid}}\n", "0 is (pid of another child)\n", three, nil, false, false},
		"in more words":  {"matches", "is {{pid}}", "is pid of another child, really\n", three, nil, false, false},
		"missed":         {"equals", "{{pid}}\n", "5\n", three, missed, false, true},
		"no child":       {"matches", "is {{pid}}$", "is 7\n", three[:1], nil, false, false},
		"in a pattern":   {"matches", `\A(\d is {{pid}}\n){2}\z`, "0 is 9\n1 is 8\n", three, nil, true, false},
		"a longer one's": {"matches", "is {{pid}}$", "is 88\n", three, nil, false, false},
	}
	for name, test := range tests {
		o := &box.Observation{Processes: test.processes, Unseen: test.unseen}
		claim := map[string]func(string) Claim{
			"equals":    func(want string) Claim { return claimEquals("stdout", test.got, want) },
			"unordered": func(want string) Claim { return claimUnordered("stdout", test.got, want) },
			"matches":   func(want string) Claim { return claimMatches("stdout", test.got, want) },
		}[test.how]
		c := against(withAnyPIDs(test.want, test.how == "matches", test.got, o), test.got, o, claim)
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

// TestSignals: a program must come to where a signal was to be sent; what keeps it from the
// next one may be the signal before.
func TestSignals(t *testing.T) {
	sent := func(s box.Signal, l box.Lacking, most int) box.Sent {
		s.Number = syscall.SIGTERM
		made := box.Sent{Signal: s, Lacking: l, Most: most}
		if l == "" {
			made.PID, made.At = 5, 12*time.Millisecond
		}
		return made
	}
	ready, group := box.Signal{After: "ready"}, box.Signal{After: "a \"b\"", Group: true}
	second, named := box.Signal{Child: 2, Children: 3}, box.Signal{Name: "work-1", Children: 1}
	for _, test := range []struct {
		sent   []box.Sent
		hit    *box.LimitExceeded
		unseen []string
		want   string
		said   string
	}{
		{nil, nil, nil, "holds", ""},
		{[]box.Sent{sent(ready, "", 0), sent(group, "", 0)}, nil, nil, "holds",
			`SIGTERM sent to the program (pid 5) after 12ms, once "ready" is printed/SIGTERM sent to the program and its children (pid 5) after 12ms, once "a \"b\"" is printed`},
		{[]box.Sent{sent(ready, box.TheText, 0), sent(second, box.TheSignalBefore, 0)}, nil, nil,
			`signals: expected SIGTERM is sent to the program once "ready" is printed, seen "ready" was not printed, and the program ended: exit code 4`,
			`SIGTERM was not sent: "ready" was not printed/SIGTERM was not sent: the signal before it was not sent`},
		{[]box.Sent{sent(ready, box.TheText, 0)}, &box.LimitExceeded{Limit: "wall", Seen: "5s"}, []string{"children"},
			`signals: expected SIGTERM is sent to the program once "ready" is printed, seen "ready" was not printed, and the program was stopped at the wall limit: 5s`,
			`SIGTERM was not sent: "ready" was not printed`},
		{[]box.Sent{sent(second, box.TheChildren, 1)}, nil, nil,
			`signals: expected SIGTERM is sent to child 2 while 3 children live at once, seen at most 1 child lived at once, and the program ended: exit code 4`,
			`SIGTERM was not sent: at most 1 child lived at once`},
		{[]box.Sent{sent(named, box.TheReceiver, 1)}, nil, []string{"children"}, "unseen", `SIGTERM was not sent: work-1 was not alive then`},
		{[]box.Sent{sent(ready, box.TheReceiver, 1)}, nil, []string{"children"},
			`signals: expected SIGTERM is sent to the program once "ready" is printed, seen the program was not alive then, and the program ended: exit code 4`,
			`SIGTERM was not sent: the program was not alive then`},
		{[]box.Sent{sent(named, "", 1), sent(ready, box.TheReceiver, 1)}, nil, nil, "unseen",
			`SIGTERM sent to work-1 (pid 5) after 12ms, while 1 child lives at once/SIGTERM was not sent: the program was not alive then`},
	} {
		o := &box.Observation{Signals: test.sent, Exceeded: test.hit, Unseen: test.unseen, Exit: box.Exit{Code: 4}, Processes: []box.Process{{PID: 5}, {PID: 6, State: box.Orphan}}}
		c, got := claimSignals(o), "holds"
		if c.Unseen {
			got = "unseen"
		} else if !c.Holds {
			got = c.Summary()
		}
		if exit := claimExit(o, exercise.Codes{}); (len(exit.Detail) > 0) != (len(test.sent) > 0) {
			t.Errorf("%+v: of children is told %q", test.sent, exit.Detail)
		}
		if said := strings.Join(Signalled(o), "/"); got != test.want || said != test.said {
			t.Errorf("%+v:\n got %s\nwant %s\n and %s\nwant %s", test.sent, got, test.want, said, test.said)
		}
	}
}

// TestDialogue: what a program does not answer is told with what it printed since, and
// what it was sent.
func TestDialogue(t *testing.T) {
	turns := []box.Turn{{Expect: "a\n"}, {Send: "x\n"}, {Line: regexp.MustCompile("^b+$")}, {Send: "y\n"}, {Expect: "c"}}
	for _, test := range []struct {
		talk  *box.Talk
		hit   *box.LimitExceeded
		want  string
		said  string
		stuck bool
	}{
		{nil, nil, "holds", "", false},
		{&box.Talk{Turns: turns, Made: 5}, &box.LimitExceeded{Limit: "wall"}, "holds", "", false},
		{&box.Talk{Turns: turns}, nil, `dialogue: expected step 1 of 5: "a\n" is printed, seen nothing was printed, and the program ended: exit code 4`, "sent: nothing yet/stderr: oh", true},
		{&box.Talk{Turns: turns, Made: 2, Since: []byte("\x00B")}, nil, `dialogue: expected step 3 of 5: a match of ^b+$ is printed, seen "\x00B" was printed since the answer before, and the program ended: exit code 4`, "sent: x/stderr: oh", true},
		{&box.Talk{Turns: turns, Made: 4, Since: []byte(strings.Repeat("ü", 101))}, &box.LimitExceeded{Limit: "wall", Seen: "5s", PID: 6},
			`dialogue: expected step 5 of 5: "c" is printed, seen "` + strings.Repeat("ü", 100) + `" was printed since the answer before, and the program was stopped at the wall limit: 5s`, "sent: x/sent: y/stderr: oh", true},
	} {
		o := &box.Observation{Dialogue: test.talk, Exceeded: test.hit, Exit: box.Exit{Code: 4}, Stderr: box.Stream{Bytes: []byte("oh\n")}, Processes: []box.Process{{PID: 5}, {PID: 6, State: box.CutOff}}}
		c, got := claimDialogue(o), "holds"
		if !c.Holds {
			got = c.Summary()
		}
		if said := strings.Join(c.Said, "/"); got != test.want || said != test.said || (len(c.Detail) > 0) != (test.stuck && test.hit != nil) {
			t.Errorf("got %s\nwant %s\nand %s, %q", got, test.want, said, c.Detail)
		}
	}
}
