//go:build !portable

package box

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/reexec"
)

// fork is the bare system call. A child that comes of it may do nothing but bare
// system calls.
func fork() int {
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 {
		return -1
	}
	return int(pid)
}

func exit(code int) { syscall.RawSyscall(syscall.SYS_EXIT_GROUP, uintptr(code), 0, 0) }

func pause() {
	for {
		syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
	}
}

func init() {
	for name, role := range map[string]func(args []string) int{
		"exit": func(args []string) int {
			code, _ := strconv.Atoi(args[0])
			return code
		},
		"bomb": func([]string) int { // each process starts more as fast as it can, in a session of its own
			signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
			for {
				if fork() == 0 {
					syscall.RawSyscall(syscall.SYS_SETSID, 0, 0, 0)
				}
			}
		},
		"wide": func(args []string) int { // n children that stay
			n, _ := strconv.Atoi(args[0])
			for range n {
				if fork() == 0 {
					pause()
				}
			}
			pause()
			return 0
		},
		"hopper": func([]string) int { // always gone when one looks
			for {
				if fork() > 0 {
					exit(0)
				}
			}
		},
		"relay": func([]string) int { // as the hopper, with whole programs
			startRole("relay")
			return 0
		},
		"threads": func([]string) int {
			for {
				go func() {
					syscall.Syscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
				}()
			}
		},
		"storm": func(args []string) int { // 4 × n children, one after the other, each with its own exit code
			n, _ := strconv.Atoi(args[0])
			var all sync.WaitGroup
			for w := range 4 {
				all.Go(func() {
					for i := range n {
						code := w*n + i
						c := exec.Command("/proc/self/exe", "exit", strconv.Itoa(code))
						if c.Run(); c.ProcessState.ExitCode() != code {
							os.Exit(99)
						}
					}
				})
			}
			all.Wait()
			return 0
		},
		"heavy": func(args []string) int { // storm, by a parent with much memory
			block := make([]byte, 128<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			code := roles["storm"](args)
			runtime.KeepAlive(block)
			return code
		},
		"forks": func(args []string) int { // n bare forks; all but the last z are waited for
			n, _ := strconv.Atoi(args[0])
			z, _ := strconv.Atoi(args[1])
			var pids []int
			for range n {
				pid := fork()
				if pid == 0 {
					exit(7)
				}
				pids = append(pids, pid)
			}
			for i, pid := range pids {
				if i < n-z {
					syscall.Wait4(pid, nil, 0, nil)
					continue
				}
				unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
			}
			return 0
		},
		"stop": func([]string) int {
			runtime.LockOSThread()
			unix.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGSTOP) // before the call returns
			return 4
		},
		"continue": func([]string) int { // waits until a child has stopped, and lets it go on
			c := startRole("stop")
			var ws syscall.WaitStatus
			if _, err := syscall.Wait4(c.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() {
				return 1
			}
			c.Process.Signal(syscall.SIGCONT)
			if _, err := syscall.Wait4(c.Process.Pid, &ws, 0, nil); err != nil || ws.ExitStatus() != 4 {
				return 2
			}
			return 0
		},
		"exec": func([]string) int { // another thread than the first becomes another program
			done := make(chan bool)
			go func() {
				runtime.LockOSThread()
				if syscall.Gettid() == os.Getpid() {
					go func() { runtime.LockOSThread(); execExit() }()
				}
				execExit()
			}()
			<-done
			return 1
		},
		"kill": func([]string) int {
			c := startRole("sleep", "1h")
			c.Process.Kill()
			c.Wait()
			return 0
		},
		"murder": func([]string) int { // kills a child that has a zombie and a living child
			r, w, _ := os.Pipe()
			c := exec.Command("/proc/self/exe", "victim")
			c.Stdout = w
			c.Start()
			r.Read(make([]byte, 1))
			c.Process.Kill()
			c.Wait()
			return 0
		},
		"victim": func([]string) int {
			pid := fork()
			if pid == 0 {
				exit(7)
			}
			unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
			if fork() == 0 {
				pause()
			}
			os.Stdout.WriteString("x")
			pause()
			return 0
		},
		"deaf": func([]string) int {
			signal.Ignore(syscall.SIGCHLD)
			c := startRole("exit", "3")
			c.Wait()
			return 0
		},
		"headless": func([]string) int { // its first thread ends; the others go on and start children
			go func() {
				runtime.LockOSThread()
				for range 3 {
					pid := fork()
					if pid == 0 {
						exit(7)
					}
					syscall.Wait4(pid, nil, 0, nil)
				}
				exit(5)
			}()
			syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0) // not raw: Go would not give its processor to another thread
			return 1
		},
	} {
		roles[name] = role
	}
}

// runIn is run in a named tier.
func runIn(t testing.TB, tier Tier, c Command) *Observation {
	t.Helper()
	b, err := Open(t.Context(), Setup{Program: c.Program, ReadOnly: c.ReadOnly, Writable: c.Writable, Limits: c.Limits, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	o, err := b.Run(t.Context(), c)
	if err != nil {
		t.Fatalf("Run(%q): %v", c.Args, err)
	}
	if o.Tier != tier {
		t.Fatalf("it ran in tier %s, not in %s", o.Tier, tier)
	}
	return o
}

func execExit() { syscall.Exec("/proc/self/exe", []string{"self", "exit", "5"}, nil) }

func counts(o *Observation) string { return fmt.Sprint(states(o)) }

func TestFates(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want map[State]int
	}{
		"joined":  {[]string{"family", "4", "50ms"}, map[State]int{Root: 1, Joined: 4}},
		"orphans": {[]string{"orphans", "3", "1h"}, map[State]int{Root: 1, Orphan: 3}},
		"zombies": {[]string{"zombies", "3"}, map[State]int{Root: 1, Zombie: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, command(t, test.args...))
			if got := states(o); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v: %+v", got, test.want, o.Processes)
			}
			if o.Exceeded != nil || o.Exit != (Exit{}) {
				t.Errorf("got %+v, %+v", o.Exceeded, o.Exit)
			}
		})
	}
	o := run(t, command(t, "daemon"))
	last := o.Processes[len(o.Processes)-1]
	if last.State != Orphan || len(last.Argv) != 3 || last.Argv[2] != "2" {
		t.Errorf("the daemon is %+v", o.Processes)
	}
}

// TestTable holds the table of processes against programs that do what a table
// can get wrong.
func TestTable(t *testing.T) { inTiers(t, testTable) }

func testTable(t *testing.T, tier Tier) {
	for _, test := range []struct {
		role string
		want map[State]int
		exit Exit
	}{
		{"forks 9 0", map[State]int{Root: 1, Joined: 9}, Exit{}},
		{"forks 9 4", map[State]int{Root: 1, Joined: 5, Zombie: 4}, Exit{}},
		{"storm 10", map[State]int{Root: 1, Joined: 40}, Exit{}},
		{"continue", map[State]int{Root: 1, Joined: 1}, Exit{}},
		{"exec", map[State]int{Root: 1}, Exit{Code: 5}},
		{"kill", map[State]int{Root: 1, Joined: 1}, Exit{}},
		{"murder", map[State]int{Root: 1, Joined: 1, Zombie: 1, Orphan: 1}, Exit{}},
		{"deaf", map[State]int{Root: 1, Unwaited: 1}, Exit{}},
		{"headless", map[State]int{Root: 1, Joined: 3}, Exit{Code: 5}},
	} {
		t.Run(test.role, func(t *testing.T) {
			c := command(t, strings.Fields(test.role)...)
			c.Limits.Linger = time.Millisecond
			o := runIn(t, tier, c)
			if counts(o) != fmt.Sprint(test.want) || o.Exit != test.exit || o.Exceeded != nil || len(o.Unseen) > 0 {
				t.Errorf("got %s, %+v, %+v: %+v", counts(o), o.Exit, o.Exceeded, o.Processes)
			}
		})
	}
}

func TestDescription(t *testing.T) {
	o := run(t, command(t, "storm", "5"))
	var codes []int
	for _, p := range o.Processes[1:] {
		codes = append(codes, p.Exit.Code)
		if len(p.Argv) != 3 || p.Argv[1] != "exit" || p.Argv[2] != strconv.Itoa(p.Exit.Code) || p.Parent != o.Processes[0].PID {
			t.Errorf("got %+v", p)
		}
		if p.CPU <= 0 || p.Memory < 100<<10 || p.Start <= 0 || p.End <= p.Start || p.End > o.Wall {
			t.Errorf("got %+v of %v", p, o.Wall)
		}
	}
	slices.Sort(codes)
	for i, code := range codes {
		if code != i {
			t.Fatalf("got the exit codes %v", codes)
		}
	}
	o = run(t, command(t, "kill"))
	if o.Processes[1].Exit != (Exit{Signal: 9}) {
		t.Errorf("got %+v", o.Processes[1])
	}
}

// A child that has no program of its own yet shares its parent's memory. That is
// neither the child's nor there twice.
func TestBorrowedMemory(t *testing.T) {
	c := command(t, "heavy", "25")
	c.Limits.Memory = 250 << 20 // the block once, and not twice
	if raceEnabled {
		c.Limits.Memory *= 2 // the race detector keeps as much again about it
	}
	o := run(t, c)
	if o.Exceeded != nil || len(o.Processes) != 101 {
		t.Fatalf("got %+v, %s", o.Exceeded, counts(o))
	}
	if o.Processes[0].Memory < 128<<20 {
		t.Errorf("got %+v", o.Processes[0])
	}
	for _, p := range o.Processes[1:] {
		if p.Memory > 64<<20 {
			t.Errorf("got %+v", p)
		}
	}
}

// TestBombs bounds what grows as fast as it can, and leaves nothing of it.
func TestBombs(t *testing.T) { inTiers(t, testBombs) }

func testBombs(t *testing.T, tier Tier) {
	for role, want := range map[string]LimitExceeded{
		"bomb":          {Limit: "processes", Bound: "20", Seen: "21"},
		"threads":       {Limit: "threads", Bound: "100", Seen: "101"},
		"forks 999 999": {Limit: "processes", Bound: "20", Seen: "181, of them 161 zombies"},
	} {
		t.Run(role, func(t *testing.T) {
			c := command(t, strings.Fields(role)...)
			c.Limits.Processes, c.Limits.Threads, c.Limits.Memory = 20, 100, 1<<40
			o := runIn(t, tier, c)
			if o.Exceeded == nil || o.Exceeded.PID == 0 || o.Exceeded.Limit != want.Limit || o.Exceeded.Bound != want.Bound {
				t.Fatalf("got %+v", o.Exceeded)
			}
			gone(t, o)
		})
	}
	t.Run("started", func(t *testing.T) {
		c := command(t, "wide", "50")
		c.Limits.Started, c.Limits.Processes, c.Limits.Memory = 10, 100, 1<<40
		o := runIn(t, tier, c)
		if o.Exceeded == nil || o.Exceeded.Limit != "started" || o.Exceeded.Bound != "10" {
			t.Fatalf("got %+v", o.Exceeded)
		}
		gone(t, o)
	})
	for _, role := range []string{"hopper", "relay"} {
		t.Run(role, func(t *testing.T) { testHopper(t, tier, role) })
	}
}

func testHopper(t *testing.T, tier Tier, role string) {
	c := command(t, role)
	c.Limits.Linger = 50 * time.Millisecond
	o := runIn(t, tier, c)
	if o.Exceeded != nil || states(o)[Orphan] == 0 {
		t.Errorf("got %+v, %s", o.Exceeded, counts(o))
	}
	gone(t, o)
}

// gone fails the test if a process of the run is left.
func gone(t *testing.T, o *Observation) {
	t.Helper()
	if private(o.Tier) {
		return // their numbers mean nothing out here, and the kernel has ended them with their init
	}
	for _, p := range o.Processes {
		if proc.Exists(p.PID) {
			t.Errorf("pid %d is left: %+v", p.PID, p)
		}
	}
}

func TestLargeTree(t *testing.T) { inTiers(t, testLargeTree) }

func testLargeTree(t *testing.T, tier Tier) {
	if testing.Short() || raceEnabled {
		t.Skip("too many processes")
	}
	c := command(t, "wide", "1000")
	c.Limits.Processes, c.Limits.Threads, c.Limits.Wall = 1000, 3000, 20*time.Second
	c.Limits.Memory = 1 << 40 // every fork counts what it shares
	o := runIn(t, tier, c)
	if o.Exceeded == nil || o.Exceeded.Limit != "processes" || len(o.Processes) != 1001 {
		t.Fatalf("got %+v, %s", o.Exceeded, counts(o))
	}
	gone(t, o)
	last := o.Processes[len(o.Processes)-1]
	if took := o.Wall - last.Start; took > last.Start {
		t.Errorf("it took %v to kill %d processes, and only %v to start them", took, len(o.Processes), last.Start)
	}
}

func TestStopped(t *testing.T) {
	c := command(t, "stop")
	c.Limits.Wall = 100 * time.Millisecond
	if o := run(t, c); o.Exceeded == nil || o.Exceeded.Limit != "wall" || o.Exit.Signal != 9 {
		t.Errorf("got %+v, %+v", o.Exceeded, o.Exit)
	}
}

func TestSurvey(t *testing.T) {
	offers := Survey(t.Context())
	for _, o := range offers {
		if o.Works == (o.Why != "") {
			t.Errorf("got %+v", o)
		}
		t.Logf("%+v", o)
	}
	if last := offers[len(offers)-1]; last.Tier != TierD || !last.Works {
		t.Errorf("got %+v", last)
	}
}

// TestPolling is the way to watch where nothing may be traced.
func TestPolling(t *testing.T) {
	b, err := Open(t.Context(), Setup{Program: self(t), Polling: true, Limits: Limits{Memory: 1 << 40}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	o, err := b.Run(t.Context(), Command{Args: []string{"family", "3", "300ms"}, Env: []string{reexec.AtOnce}})
	if err != nil || counts(o) != fmt.Sprint(map[State]int{Root: 1, Joined: 3}) || len(o.Unseen) == 0 {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = b.Run(t.Context(), Command{Args: []string{"wide", "100"}, Limits: Limits{Memory: 64 << 30}})
	if err != nil || o.Exceeded == nil || o.Exceeded.Limit != "processes" {
		t.Errorf("got %+v, %v", o, err)
	}
	gone(t, o)
}
