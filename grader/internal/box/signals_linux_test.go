//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/box/internal/reexec"
)

func init() {
	// obey says what it was started with, and what signals come, until the last word that
	// it was given has come; "deaf" takes none.
	roles["obey"] = func(args []string) int {
		if args[0] == "deaf" {
			signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
			fmt.Println("ready")
			time.Sleep(time.Hour)
		}
		told := make(chan os.Signal, 4)
		signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
		fmt.Println("ready")
		for _, word := range args {
			if got := (<-told).String(); got != word {
				fmt.Println("got", got)
				return 1
			}
			fmt.Println(word)
		}
		return 7
	}
	// lead has children by mp's names, and says in which way each of them ended.
	roles["lead"] = func(names []string) int {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
		var children []*exec.Cmd
		for _, name := range names {
			c := exec.Command("/proc/self/exe", "sleep", "1h")
			c.Args[0] = "lead [" + name + "]"
			alone := strings.HasPrefix(name, "alone-")
			c.SysProcAttr = &syscall.SysProcAttr{Setpgid: alone}
			if err := c.Start(); err != nil {
				fmt.Println(name, err)
				return 1
			}
			children = append(children, c)
		}
		fmt.Println("ready")
		for i, c := range children {
			if strings.HasPrefix(names[i], "mp.manager") || strings.HasPrefix(names[i], "alone") {
				c.Process.Kill()
			}
			c.Wait()
			fmt.Println(names[i], c.ProcessState)
		}
		return 0
	}
	// slow has children that have nothing to do, and starts the next when each might have
	// ended.
	roles["slow"] = func(args []string) int {
		var children []*exec.Cmd
		for range args {
			children = append(children, startRole("sleep", "0s"))
			for begun := time.Now(); time.Since(begun) < 30*time.Millisecond; {
			}
		}
		for i, c := range children {
			c.Wait()
			fmt.Println(args[i], c.ProcessState)
		}
		return 0
	}
	// single has one child at a time, and waits for it asleep or awake.
	roles["single"] = func(args []string) int {
		for range 5 {
			c := startRole("sleep", "0s")
			for args[0] == "awake" {
				if pid, _ := syscall.Wait4(c.Process.Pid, nil, syscall.WNOHANG, nil); pid != 0 {
					break
				}
			}
			c.Wait()
		}
		return 0
	}
	// flee leaves a child in a session of its own behind, which sends itself the signal.
	roles["flee"] = func([]string) int {
		startSession("flee2")
		fmt.Println("ready")
		time.Sleep(time.Hour)
		return 0
	}
	roles["flee2"] = func([]string) int {
		signal.Ignore(syscall.SIGTERM)
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
		time.Sleep(time.Hour)
		return 0
	}
}

// TestSignals sends a program, or children of its, real signals once something was seen.
func TestSignals(t *testing.T) {
	const term, interrupt, kill = syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL
	inTiers(t, func(t *testing.T, tier Tier) {
		for name, test := range map[string]struct {
			args   []string
			send   []Signal
			exit   Exit
			stdout string
			states map[State]int
		}{
			"caught":         {[]string{"obey", "terminated"}, []Signal{{Number: term, After: "ready\n"}}, Exit{Code: 7}, "ready\nterminated\n", map[State]int{Root: 1}},
			"one by one":     {[]string{"obey", "interrupt", "interrupt"}, []Signal{{Number: interrupt, After: "r"}, {Number: interrupt, After: "interrupt"}}, Exit{Code: 7}, "ready\ninterrupt\ninterrupt\n", map[State]int{Root: 1}},
			"not caught":     {[]string{"family", "1", "1h"}, []Signal{{Number: term, Children: 1}}, Exit{Signal: int(term)}, "", map[State]int{Root: 1, Orphan: 1}},
			"one child":      {[]string{"lead", "a-1"}, []Signal{{Number: term, Name: "a-1", After: "ready"}}, Exit{}, "ready\na-1 signal: terminated\n", map[State]int{Root: 1, Joined: 1}},
			"the group":      {[]string{"lead", "a-1", "alone-2", "mp.manager-3"}, []Signal{{Number: interrupt, Group: true, After: "ready"}}, Exit{}, "a-1 signal: interrupt", map[State]int{Root: 1, Joined: 3}},
			"a child":        {[]string{"lead", "mp.manager-1", "a-2", "b-3"}, []Signal{{Number: kill, Child: 1, Children: 2}, {Number: term, Child: 2, Children: 1}}, Exit{}, "a-2 signal: killed\nb-3 signal: terminated\n", map[State]int{Root: 1, Joined: 3}},
			"quick children": {[]string{"slow", "a", "b", "c", "d"}, []Signal{{Number: kill, Child: 4, Children: 4}, {Number: term, Child: 1, Children: 3}}, Exit{}, "\nd ", map[State]int{Root: 1, Joined: 4}},
			"by name":        {[]string{"lead", "b-1", "a-2"}, []Signal{{Number: kill, Name: "a-2", After: "ready"}, {Number: term, Name: "b-1", Children: 1}}, Exit{}, "b-1 signal: terminated\na-2 signal: killed\n", map[State]int{Root: 1, Joined: 2}},
			"a child leaves": {[]string{"flee"}, []Signal{{Number: term, Group: true, After: "ready"}}, Exit{Signal: int(term)}, "ready\n", map[State]int{Root: 1, Orphan: 1}},
		} {
			t.Run(name, func(t *testing.T) {
				c := command(t, test.args...)
				c.Tier, c.Signals, c.Limits.Linger = tier, test.send, 50*time.Millisecond
				o := run(t, c)
				if got := states(o); o.Exceeded != nil || o.Exit != test.exit || !strings.Contains(string(o.Stdout.Bytes), test.stdout) || fmt.Sprint(got) != fmt.Sprint(test.states) {
					t.Errorf("got %+v, %+v, %q, %v", o.Exceeded, o.Exit, o.Stdout.Bytes, got)
				}
				for i, s := range o.Signals {
					if s.Lacking != "" || s.At <= 0 || s.Signal != c.Signals[i] || !slices.ContainsFunc(o.Processes, func(p Process) bool { return p.PID == s.PID }) {
						t.Errorf("got %+v", s)
					}
				}
				if len(o.Signals) != len(c.Signals) {
					t.Errorf("got %d signals", len(o.Signals))
				}
			})
		}
	})
}

// TestSignalsThatAreNotSent: what they wait for never comes, or the program has ended.
func TestSignalsThatAreNotSent(t *testing.T) {
	boxes := &Boxes{}
	defer boxes.Close()
	const term = syscall.SIGTERM
	for name, test := range map[string]struct {
		args []string
		send []Signal
		want []Lacking
		hit  bool
	}{
		"never printed":     {[]string{"hello", "box"}, []Signal{{Number: term, After: "ready"}, {Number: term, After: "hello"}}, []Lacking{TheText, TheSignalBefore}, false},
		"printed before":    {[]string{"hello", "box"}, []Signal{{Number: term, Child: 1, After: "box"}, {Number: term, After: "hello"}}, []Lacking{TheReceiver, TheSignalBefore}, false},
		"too few children":  {[]string{"family", "2", "10ms"}, []Signal{{Number: term, Children: 3}}, []Lacking{TheChildren}, false},
		"one at a time":     {[]string{"single", "asleep"}, []Signal{{Number: term, Children: 2}}, []Lacking{TheChildren}, false},
		"one, and awake":    {[]string{"single", "awake"}, []Signal{{Number: term, Children: 2}}, []Lacking{TheChildren}, false},
		"no such child":     {[]string{"family", "2", "10ms"}, []Signal{{Number: term, Child: 3, Children: 1}}, []Lacking{TheReceiver}, false},
		"ended before":      {[]string{"orphans", "1", "1h"}, []Signal{{Number: term, Name: "never", Children: 1}}, []Lacking{TheReceiver}, false},
		"it waits for ever": {[]string{"obey", "terminated"}, []Signal{{Number: term, After: "steady"}}, []Lacking{TheText}, true},
		"it is deaf":        {[]string{"obey", "deaf"}, []Signal{{Number: term, After: "ready"}}, []Lacking{""}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := command(t, test.args...)
			c.Signals, c.Limits.Linger = test.send, -1
			if test.hit {
				c.Limits.Wall = time.Second
			}
			o, err := boxes.Run(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			var got []Lacking
			for _, s := range o.Signals {
				got = append(got, s.Lacking)
				if (s.Lacking == "") != (s.PID != 0) {
					t.Errorf("got %+v", s)
				}
			}
			if !slices.Equal(got, test.want) || (o.Exceeded != nil) != test.hit {
				t.Errorf("got %q, %+v, %+v", got, o.Exceeded, o.Signals)
			}
		})
	}
}

// TestTextsJustBeforeTheEnd: init may be told of them when the run is over.
func TestTextsJustBeforeTheEnd(t *testing.T) {
	first, second := Signal{After: "a"}, Signal{After: "b", Children: 2}
	sent := func(signals ...Sent) []Sent { return signals }
	for _, test := range []struct {
		unprinted int
		sent      []Sent
		want      Lacking
	}{
		{2, sent(Sent{Signal: first, Lacking: TheText}, Sent{Signal: second, Lacking: TheSignalBefore}), TheText},
		{1, sent(Sent{Signal: first, Lacking: TheText}, Sent{Signal: second, Lacking: TheSignalBefore}), TheReceiver},
		{0, sent(Sent{Signal: first, Lacking: TheText}, Sent{Signal: second, Lacking: TheSignalBefore}), TheReceiver},
		{0, sent(Sent{Signal: second, Lacking: TheText, Most: 2}), TheReceiver},
		{0, sent(Sent{Signal: second, Lacking: TheText, Most: 1}), TheChildren},
		{1, sent(Sent{Signal: first, PID: 1}, Sent{Signal: second, Lacking: TheText}), TheText},
	} {
		x := &sought{wanted: make([]wanted, test.unprinted)}
		x.settle(test.sent)
		i := slices.IndexFunc(test.sent, func(s Sent) bool { return s.PID == 0 })
		if got := test.sent[i].Lacking; got != test.want {
			t.Errorf("with %d unprinted: got %q, want %q", test.unprinted, got, test.want)
		}
	}
}

// TestAtOnce: children that end at once live at one moment where nobody waits for one
// before the next is started, however slowly that goes.
func TestAtOnce(t *testing.T) {
	for _, test := range []struct {
		args   []string
		wanted int
		most   int // that may live at one moment
	}{{[]string{"slow", "a", "b", "c", "d"}, 4, 4}, {[]string{"slow", "a", "b", "c", "d"}, 2, 4}, {[]string{"single", "asleep"}, 2, 1}, {[]string{"single", "awake"}, 2, 1}} {
		c := command(t, test.args...)
		c.AtOnce = test.wanted
		o := run(t, c)
		most := 0
		for _, p := range o.Processes[1:] {
			living := 0
			for _, other := range o.Processes[1:] {
				if other.Start <= p.Start && p.Start < other.End {
					living++
				}
			}
			most = max(most, living)
		}
		if most > test.most || most < min(test.wanted, test.most) || o.Exceeded != nil {
			t.Errorf("%q: %d lived at one moment, %+v", test.args, most, o)
		}
	}
}

// TestSignalsOfPolledRuns: children are found there too, if somewhat later.
func TestSignalsOfPolledRuns(t *testing.T) {
	b, err := Open(t.Context(), Setup{Program: self(t), Polling: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	o, err := b.Run(t.Context(), Command{Args: []string{"lead", "a-1", "b-2"}, Env: []string{reexec.AtOnce}, Signals: []Signal{
		{Number: syscall.SIGKILL, Child: 1, Children: 2}, {Number: syscall.SIGTERM, Name: "b-2", After: "a-1"},
	}})
	if err != nil || string(o.Stdout.Bytes) != "ready\na-1 signal: killed\nb-2 signal: terminated\n" {
		t.Errorf("got %v, %+v", err, o)
	}
}

// TestSignalsThatCantBe are those of which nobody could tell when, or to whom.
func TestSignalsThatCantBe(t *testing.T) {
	c := command(t, "hello")
	for _, send := range [][]Signal{{{Number: syscall.SIGTERM}}, make([]Signal, MostSignals+1)} {
		c.Signals = send
		if _, err := Run(t.Context(), c); err == nil {
			t.Errorf("%+v: no error", send)
		}
	}
	b, err := Open(t.Context(), Setup{Program: self(t), Unwatched: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(t.Context(), Command{Args: c.Args, Signals: []Signal{{Number: syscall.SIGTERM, After: "x"}}}); err == nil {
		t.Error("unwatched: no error")
	}
}

// TestSignalsAreHeeded: what the grader was started to ignore, programs do not.
func TestSignalsAreHeeded(t *testing.T) {
	if os.Getenv("HEEDED") == "" {
		c := exec.Command("sh", "-c", `trap '' INT HUP; exec "$0" -test.run='^TestSignalsAreHeeded$' -test.count=1`, self(t))
		c.Env = append(os.Environ(), "HEEDED=no")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	c := command(t, "flee") // which does not end by itself, as one would whose child gets the signal first
	c.Signals = []Signal{{Number: syscall.SIGINT, Group: true, After: "ready"}}
	if o := run(t, c); o.Exit != (Exit{Signal: int(syscall.SIGINT)}) {
		t.Errorf("got %+v", o)
	}
}

// TestNoSignalsFit everywhere.
func TestNoSignalsFit(t *testing.T) {
	if !errors.Is(signalsFit(Command{}, Setup{Unwatched: true}), nil) {
		t.Error("no signals do not fit")
	}
}
