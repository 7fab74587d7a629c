package mp_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/mp"
)

var (
	doubles = mp.Func2("doubles", func(c *mp.Conn, n int) error { return c.Send(2 * n) })
	ends    = mp.Func("ends", func(how string) error {
		switch how {
		case "error":
			return errors.New("no luck\nat all")
		case "panic":
			panic("out of luck")
		case "exit":
			os.Exit(7)
		case "kill":
			check(mp.Current().Kill())
			time.Sleep(time.Hour)
		case "interrupt":
			check(mp.Current().Interrupt())
			time.Sleep(time.Hour)
		case "terminate":
			check(mp.Current().Terminate())
			time.Sleep(time.Hour)
		}
		return nil
	})
	waits = mp.Func("waits", func(e *mp.Event) error { e.Wait(); return nil })
	tells = mp.Func("tells", func(c *mp.Conn) error { return c.Send(about()) })
	nests = mp.Func2("nests", func(c *mp.Conn, depth int) error {
		if depth == 0 {
			return c.Send(about())
		}
		return startNested(c, depth-1)
	})
	startNested func(*mp.Conn, int) error // or nests would refer to itself
	sums        = mp.Func4("sums", func(a int, b []int, c map[string]int, d struct{ N *int }) error {
		if got := a + b[1] + c["x"] + *d.N; got != 10 {
			return fmt.Errorf("%d", got)
		}
		return nil
	})
)

func init() {
	startNested = func(c *mp.Conn, depth int) error {
		p, err := nests.Start(c, depth)
		if err != nil {
			return err
		}
		return p.Join()
	}
}

type identity struct {
	Name string
	PID  int
	PPID int
	Args []string
}

func about() identity {
	return identity{mp.Current().Name(), os.Getpid(), os.Getppid(), os.Args}
}

func TestStart(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	p := must(tells.Start(b))
	who := must(mp.Recv[identity](a))
	join(t, p)
	if who.Name != p.Name() || who.PID != p.PID() || who.PPID != os.Getpid() {
		t.Errorf("the child is %+v; its parent says %s, %d", who, p.Name(), p.PID())
	}
	if fmt.Sprint(who.Args) != fmt.Sprint(os.Args) {
		t.Errorf("the child's os.Args are %q", who.Args)
	}
	if !strings.HasPrefix(p.Name(), "tells-") {
		t.Errorf("named %q", p.Name())
	}
	five := 5
	join(t, must(sums.Start(1, []int{0, 2}, map[string]int{"x": 2}, struct{ N *int }{&five})))
	p = must(nests.Start(b, 2))
	if deep := must(mp.Recv[identity](a)); deep.Name != "nests-1" || deep.PPID == p.PID() {
		t.Errorf("the grandchild is %+v", deep)
	}
	join(t, p)
}

func TestEnds(t *testing.T) {
	for _, test := range []struct {
		how    string
		code   int // as ExitCode has it
		signal syscall.Signal
		line   string
	}{
		{how: "well"},
		{how: "error", code: 1, line: "no luck"},
		{how: "panic", code: 2, line: "panic: out of luck"},
		{how: "exit", code: 7},
		{how: "kill", code: -9, signal: syscall.SIGKILL},
		{how: "interrupt", code: -2, signal: syscall.SIGINT},
		{how: "terminate", code: -15, signal: syscall.SIGTERM},
	} {
		t.Run(test.how, func(t *testing.T) {
			p := must(ends.Start(test.how))
			err := p.Join()
			if code, exited := p.ExitCode(); !exited || code != test.code {
				t.Errorf("ExitCode: %d, %v", code, exited)
			}
			if again := p.Join(); again != err {
				t.Errorf("joined again: %v", again)
			}
			if done, again := p.JoinTimeout(0); !done || again != err {
				t.Errorf("joined again with a timeout: %v, %v", done, again)
			}
			if p.Alive() {
				t.Error("still alive")
			}
			if err1, err2 := p.Kill(), p.Terminate(); err1 != nil || err2 != nil {
				t.Errorf("ending it again: %v, %v", err1, err2)
			}
			if test.code == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *mp.ExitError
			if !errors.As(err, &e) {
				t.Fatalf("Join: %v", err)
			}
			want := mp.ExitError{Name: p.Name(), PID: p.PID(), Code: max(test.code, -1), Signal: test.signal, Line: test.line}
			if *e != want {
				t.Errorf("got %+v, want %+v", *e, want)
			}
			if text := e.Error(); !strings.Contains(text, p.Name()) || !strings.Contains(text, test.line) {
				t.Errorf("error: %s", text)
			}
		})
	}
}

func TestRunning(t *testing.T) {
	e := mp.NewEvent()
	p := must(waits.Start(e))
	if done, err := p.JoinTimeout(0); done || err != nil {
		t.Errorf("JoinTimeout(0): %v, %v", done, err)
	}
	if done, err := p.JoinTimeout(time.Millisecond); done || err != nil {
		t.Errorf("JoinTimeout(1ms): %v, %v", done, err)
	}
	if code, exited := p.ExitCode(); exited || !p.Alive() {
		t.Errorf("ExitCode %d, %v of a process that runs", code, exited)
	}
	e.Set()
	if done, err := p.JoinTimeout(long); !done || err != nil {
		t.Errorf("JoinTimeout: %v, %v", done, err)
	}
}

func TestManyJoiners(t *testing.T) {
	e := mp.NewEvent()
	p := must(waits.Start(e))
	errs := make(chan error)
	for range 4 {
		go func() { errs <- p.Join() }()
	}
	check(p.Kill())
	for range 4 {
		var exit *mp.ExitError
		if err := <-errs; !errors.As(err, &exit) || exit.Signal != syscall.SIGKILL {
			t.Error(err)
		}
	}
}

func TestCurrent(t *testing.T) {
	me := mp.Current()
	if me.Name() != "main" || me.PID() != os.Getpid() || !me.Alive() {
		t.Errorf("this is %s, %d", me.Name(), me.PID())
	}
	if me.Join() == nil {
		t.Error("a process joined itself")
	}
	if _, err := me.JoinTimeout(0); err == nil {
		t.Error("a process joined itself")
	}
	if _, exited := me.ExitCode(); exited {
		t.Error("a process that runs has an exit code")
	}
}

// A child finds no trace of how it was started, and its own children neither.
func TestEnvironment(t *testing.T) {
	t.Setenv("MP_TEST_VARIABLE", "x")
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	defer b.Close()
	p := must(environment.Start(b))
	env := must(mp.Recv[[]string](a))
	join(t, p)
	all := strings.Join(env, "\n")
	if !strings.Contains(all, "MP_TEST_VARIABLE=x") || strings.Contains(all, "LOCKSTEP") {
		t.Errorf("the child's environment:\n%s", all)
	}
}

var environment = mp.Func("environment", func(c *mp.Conn) error { return c.Send(os.Environ()) })

// A child that is not joined outlives its parent.
func TestOrphan(t *testing.T) {
	code, stdout, stderr := play(t, "orphan")
	if code != 0 || stdout != "alone\n" || stderr != "" {
		t.Errorf("code %d, %q, %q", code, stdout, stderr)
	}
}

var outlives = mp.Func("outlives", func(parent int) error {
	for os.Getppid() == parent {
		time.Sleep(100 * time.Microsecond)
	}
	fmt.Println("alone")
	return nil
})
