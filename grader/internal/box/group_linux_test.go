//go:build !portable

package box

import (
	"fmt"
	"os"
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
				for exists(c.Process.Pid) {
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
		_, err := groupsAbove()
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
		o, err := b.Run(t.Context(), Command{Args: []string{"memfd", "2000000"}, Env: []string{atOnce}, Limits: l})
		if err != nil || o.Hit == nil || o.Hit.Limit != "memory" || o.Hit.PID != o.Processes[0].PID || o.Exit.Signal != 9 {
			t.Errorf("polling %v: got %v, %+v", polling, err, o)
		} else {
			t.Logf("%+v", o.Hit)
		}
		// Nothing of it is counted for the next, and files in /tmp never are.
		for _, role := range []string{"hello", "write 25"} {
			o, err = b.Run(t.Context(), Command{Args: strings.Fields(role), Env: []string{atOnce}, Limits: l})
			if err != nil || o.Hit != nil || o.Exit.Signal != 0 {
				t.Errorf("%s: got %v, %+v: %s", role, err, o.Hit, o.Stdout.Bytes)
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
			if err := around.limit(48<<20, 1000); err != nil {
				t.Fatal(err)
			}
		}
		m := around.below(t)
		if err := m.bound(Limits{Memory: 64 << 20}, 0); err != nil {
			t.Fatal(err)
		}
		err = m.run([]string{"program", "memfd", "2000000"})
		if err == nil || !strings.Contains(err.Error(), "Signal:9") {
			t.Errorf("got %v", err)
		}
		if m.starved() == short || m.robbed() != short {
			t.Errorf("short: %v, starved: %v, robbed: %v", short, m.starved(), m.robbed())
		}
	}
}

// newTestGroup makes a group, to be removed with the test.
func newTestGroup(t *testing.T) (*membership, error) {
	t.Helper()
	above, err := groupsAbove()
	if err != nil {
		return nil, err
	}
	return makeIn(t, above), nil
}

// below makes a group in another, to which nobody has given controllers yet.
func (m *membership) below(t *testing.T) *membership {
	t.Helper()
	if err := m.give(); err != nil {
		t.Fatal(err)
	}
	return makeIn(t, m.folders)
}

func makeIn(t *testing.T, above folders) *membership {
	t.Helper()
	g, err := above.make()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.remove(); err != nil {
			t.Error(err)
		}
	})
	m, err := join(&g.folders)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
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
	if err := m.bound(l, 0); err != nil {
		t.Fatal(err)
	}
	const runtimes = 40 // threads that Go has by itself, at most
	for threads, want := range map[int]bool{mostTasks(l) - runtimes: true, mostTasks(l) + 1: false} {
		if err := m.run([]string{"program", "crowd", strconv.Itoa(threads)}); (err == nil) != want {
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
		o, err := b.Run(t.Context(), Command{Args: []string{"unheard"}, Env: []string{atOnce}, Limits: Limits{CPU: 500 * time.Millisecond, Wall: time.Minute}})
		if err != nil || o.Hit == nil || o.Hit.Limit != "cpu" {
			t.Errorf("polling %v: got %v, %+v", polling, err, o)
		}
	}
}

// TestMembers wants the program in the group, and init outside.
func TestMembers(t *testing.T) {
	for _, polling := range []bool{false, true} {
		b := groupBox(t, Setup{Polling: polling})
		own, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", b.helper.Process.Pid))
		if err != nil || strings.Contains(string(own), groupPrefix) {
			t.Errorf("init is in %s, %v", own, err)
		}
		o, err := b.Run(t.Context(), Command{Args: []string{"groups"}, Env: []string{atOnce}})
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
	above, err := groupsAbove()
	if err != nil {
		t.Skip(err)
	}
	used, err := above.make()
	if err != nil {
		t.Fatal(err)
	}
	defer used.remove()
	left, err := above.make()
	if err != nil {
		t.Fatal(err)
	}
	closeAll(left.locks)
	left.locks = nil
	above.sweep()
	for _, path := range left.Paths {
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

func TestPlaces(t *testing.T) {
	root := t.TempDir()
	for dir, controllers := range map[string]string{"": "memory pids", "user": "cpu memory pids", "user/app": "memory pids", "user/app/shell": "", "cpu": "cpu"} {
		os.MkdirAll(filepath.Join(root, dir), 0o755)
		os.WriteFile(filepath.Join(root, dir, "cgroup.controllers"), []byte(controllers+"\n"), 0o644)
	}
	unified := "30 20 0:26 / " + root + " rw - cgroup2 cgroup2 rw\n"
	for name, test := range map[string]struct{ mounts, own, want string }{
		"unified":     {unified, "0::/user/app/shell\n", "{true [R/user/app]} {true [R/user]} {true [R]}"},
		"no memory":   {unified, "0::/cpu\n", "{true [R]}"},
		"not visible": {"30 20 0:26 /user/app " + root + " rw - cgroup2 cgroup2 rw\n", "0::/other\n", ""},
		"older": {"32 31 0:32 / /m rw - cgroup cgroup rw,memory\n33 31 0:33 /jobs /p rw - cgroup cgroup rw,pids\n" + unified,
			"8:pids:/jobs/7\n4:memory:/a/b\n0::/cpu\n", "{true [R]} {false [/m/a/b /p/7]} {false [/m/a/b]}"},
		"none": {"", "", ""},
	} {
		got := strings.ReplaceAll(strings.Trim(fmt.Sprint(places(test.mounts, test.own)), "[]"), root, "R")
		if strings.Trim(test.want, "[]") != got {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
