//go:build !portable

package box

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/reexec"
)

func init() {
	for name, role := range map[string]func(args []string) int{
		"memfd": func(args []string) int { // fills a file without a name with so many kilobytes
			fd, err := unix.MemfdCreate("m", 0)
			if err != nil {
				return 1
			}
			n, _ := strconv.Atoi(args[0])
			block := make([]byte, 64<<10)
			for range n / 64 {
				if _, err := unix.Write(fd, block); err != nil {
					return 1
				}
			}
			return 0
		},
		"write": func(args []string) int { // a file of n megabytes, again and again
			n, _ := strconv.Atoi(args[0])
			block := make([]byte, n<<20)
			for i := range 8 {
				name := "file" + strconv.Itoa(i%2)
				if err := os.WriteFile(name, block, 0o600); err != nil {
					fmt.Println(err)
					return 1
				}
				os.Remove("file" + strconv.Itoa((i+1)%2))
			}
			return 0
		},
		"crowd": func(args []string) int { // so many threads, at the same time
			n, _ := strconv.Atoi(args[0])
			var there sync.WaitGroup
			there.Add(n)
			for range n {
				go func() {
					runtime.LockOSThread()
					there.Done()
					there.Wait()
				}()
			}
			there.Wait()
			return 0
		},
		"unheard": func([]string) int { // works by children that end too soon to be looked at, and that nobody waits for
			signal.Ignore(syscall.SIGCHLD)
			for {
				c := startRole("work", "40ms")
				for proc.Exists(c.Process.Pid) {
					time.Sleep(time.Millisecond)
				}
			}
		},
		"work": func(args []string) int {
			d, _ := time.ParseDuration(args[0])
			for end := time.Now().Add(d); time.Now().Before(end); {
			}
			return 0
		},
		"group": func([]string) int { // makes a group, and holds it until it is killed
			above, err := cgroup.Above()
			if err != nil {
				return 1
			}
			g, err := above.Make()
			if err != nil {
				return 1
			}
			fmt.Println(strings.Join(g.Paths, " "))
			time.Sleep(time.Hour)
			return 0
		},
		"groups": func([]string) int {
			text, _ := os.ReadFile("/proc/self/cgroup")
			fmt.Print(string(text))
			return 0
		},
	} {
		roles[name] = role
	}
}

// groupBox is a box with a control group.
func groupBox(t *testing.T, s Setup) *Box {
	t.Helper()
	s.Program = self(t)
	b, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if !b.state.Grouped {
		_, err := cgroup.Above()
		t.Skip("there is no control group: ", err)
	}
	return b
}

// TestHiddenMemory is memory in no process, in every way to watch.
func TestHiddenMemory(t *testing.T) {
	for _, polling := range []bool{false, true} {
		b := groupBox(t, Setup{Polling: polling})
		l := Limits{Memory: 64 << 20, Wall: 20 * time.Second}
		if raceEnabled {
			l.Memory = 128 << 20
		}
		o, err := b.Run(t.Context(), Command{Args: []string{"memfd", "2000000"}, Env: []string{reexec.AtOnce}, Limits: l})
		if err != nil || o.Exceeded == nil || o.Exceeded.Limit != "memory" || o.Exceeded.PID != o.Processes[0].PID || o.Exit.Signal != 9 {
			t.Errorf("polling %v: got %v, %+v", polling, err, o)
		} else {
			t.Logf("%+v", o.Exceeded)
		}
		// Nothing of it is counted for the next, and files in /tmp never are.
		for _, role := range []string{"hello", "write 25"} {
			o, err = b.Run(t.Context(), Command{Args: strings.Fields(role), Env: []string{reexec.AtOnce}, Limits: l})
			if err != nil || o.Exceeded != nil || o.Exit.Signal != 0 {
				t.Errorf("%s: got %v, %+v: %s", role, err, o.Exceeded, o.Stdout.Bytes)
			}
		}
	}
}

// TestCeiling lets the kernel end a program, and wants to be told why: because the
// program took too much, or because there was too little for all around it.
func TestCeiling(t *testing.T) {
	for _, short := range []bool{false, true} {
		around, err := newTestGroup(t)
		if err != nil {
			t.Skip(err)
		}
		if short {
			if err := around.Bound(48<<20, 1000); err != nil {
				t.Fatal(err)
			}
		}
		m := below(t, around)
		if err := m.Bound(ceiling(Limits{Memory: 64 << 20}, 0), mostTasks(Limits{})); err != nil {
			t.Fatal(err)
		}
		err = m.Run("program", "memfd", "2000000")
		if err == nil || !strings.Contains(err.Error(), "signal 9") {
			t.Errorf("got %v", err)
		}
		if m.OverLimit() == short || m.OutsideOOM() != short {
			t.Errorf("short: %v, starved: %v, robbed: %v", short, m.OverLimit(), m.OutsideOOM())
		}
	}
}

// newTestGroup makes a group, to be removed with the test.
func newTestGroup(t *testing.T) (*cgroup.Membership, error) {
	t.Helper()
	above, err := cgroup.Above()
	if err != nil {
		return nil, err
	}
	return makeIn(t, above), nil
}

// below makes a group in another, to which nobody has given controllers yet.
func below(t *testing.T, m *cgroup.Membership) *cgroup.Membership {
	t.Helper()
	if err := m.Delegate(); err != nil {
		t.Fatal(err)
	}
	return makeIn(t, m.Folders)
}

func makeIn(t *testing.T, above cgroup.Folders) *cgroup.Membership {
	t.Helper()
	g, err := above.Make()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Remove(); err != nil {
			t.Error(err)
		}
	})
	m, err := cgroup.Join(&g.Folders, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// TestTasks wants the kernel to refuse more threads and processes than those who
// count them can miss.
func TestTasks(t *testing.T) {
	m, err := newTestGroup(t)
	if err != nil {
		t.Skip(err)
	}
	if !m.Unified && len(m.Paths) == 1 {
		t.Skip("the kernel counts no tasks here")
	}
	l := Limits{Memory: 1 << 30, Processes: 1, Threads: 20}
	if err := m.Bound(ceiling(l, 0), mostTasks(l)); err != nil {
		t.Fatal(err)
	}
	const runtimes = 40 // threads that Go has by itself, at most
	for threads, want := range map[int]bool{mostTasks(l) - runtimes: true, mostTasks(l) + 1: false} {
		if err := m.Run("program", "crowd", strconv.Itoa(threads)); (err == nil) != want {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
}

// TestUnheardWork is processor time of processes that were gone before anybody looked.
func TestUnheardWork(t *testing.T) {
	for _, polling := range []bool{false, true} {
		b := groupBox(t, Setup{Polling: polling})
		if polling && !b.group.Unified {
			t.Skip("the kernel counts no processor time here")
		}
		o, err := b.Run(t.Context(), Command{Args: []string{"unheard"}, Env: []string{reexec.AtOnce}, Limits: Limits{CPU: 500 * time.Millisecond, Wall: time.Minute}})
		if err != nil || o.Exceeded == nil || o.Exceeded.Limit != "cpu" {
			t.Errorf("polling %v: got %v, %+v", polling, err, o)
		}
	}
}

// TestMembers wants the program in the group, and init outside.
func TestMembers(t *testing.T) {
	for _, polling := range []bool{false, true} {
		b := groupBox(t, Setup{Polling: polling})
		own, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", b.init.Process.Pid))
		if err != nil || strings.Contains(string(own), cgroup.Prefix) {
			t.Errorf("init is in %s, %v", own, err)
		}
		o, err := b.Run(t.Context(), Command{Args: []string{"groups"}, Env: []string{reexec.AtOnce}})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range b.group.Paths {
			if name := filepath.Base(path); strings.Count(string(o.Stdout.Bytes), name) < len(b.group.Paths) {
				t.Errorf("the program is not in %s: %s", name, o.Stdout.Bytes)
			}
		}
	}
}

// TestSweptGroups leaves a group as a killed grader does, and one that is in use.
func TestSweptGroups(t *testing.T) {
	above, err := cgroup.Above()
	if err != nil {
		t.Skip(err)
	}
	used, err := above.Make()
	if err != nil {
		t.Fatal(err)
	}
	defer used.Remove()
	grader := exec.Command("/proc/self/exe", "group")
	out, err := grader.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := grader.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	left := strings.Fields(line)
	grader.Process.Kill()
	grader.Wait()
	if len(left) == 0 {
		t.Fatal("it made no group")
	}
	above.Sweep()
	for _, path := range left {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	for _, path := range used.Paths {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s was swept, though it is in use", path)
		}
	}
}
