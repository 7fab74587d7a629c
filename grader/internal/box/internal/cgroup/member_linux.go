//go:build !portable

package cgroup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/wire"
)

// Folders are where a group stands: one in the unified hierarchy (cgroup v2), or
// one for each controller (v1), that of memory first.
type Folders struct {
	Unified bool
	Paths   []string
}

// Membership is init's hold on the box's group. None is nil, and does nothing.
//
// A program is in the group when it is born. In the unified hierarchy the kernel
// starts a process there. In the older one a process is born into the group of the
// thread that starts it, and init's threads may each be in another: the one that
// starts programs enters the group. Memory is counted where a process's first
// thread is, so that init's is not counted there, and init itself is nobody whom
// the kernel ends for want of memory. (To move a process that runs already would
// take 10 ms and more, in which the kernel lets nobody start anything.)
type Membership struct {
	Folders
	tmp    string
	gates  []*os.File // v1: who writes there enters; v2: the folder
	usage  *os.File   // bytes that count
	events *os.File   // how often the kernel ended somebody
	stat   *os.File   // v2: processor time
	most   int64      // the bounds that are set
	tasks  int
	before tally // of the kernel's, when the run began
	spent  int64 // microseconds of processor time, then
}

// tally is what the kernel counts of a group.
type tally struct {
	ended int64 // processes that it ended for want of memory
	full  int64 // v2: how often the ceiling kept somebody from memory
}

// Join takes hold of a group. What files at tmp take is not counted by Memory.
func Join(f *Folders, tmp string) (*Membership, error) {
	if f == nil {
		return nil, nil
	}
	m := &Membership{Folders: *f, tmp: tmp}
	open := func(into **os.File, folder, name string, flags int) error {
		file, err := os.OpenFile(filepath.Join(folder, name), flags, 0)
		*into = file
		return err
	}
	gate, flags := "tasks", os.O_WRONLY
	usage, events := "memory.usage_in_bytes", "memory.oom_control"
	if m.Unified {
		gate, flags = "", unix.O_PATH|unix.O_DIRECTORY
		usage, events = "memory.current", "memory.events"
	}
	m.gates = make([]*os.File, len(m.Paths))
	var failed error
	for i, folder := range m.Paths {
		failed = errors.Join(failed, open(&m.gates[i], folder, gate, flags))
	}
	if m.Unified {
		failed = errors.Join(failed, open(&m.stat, m.Paths[0], "cpu.stat", os.O_RDONLY))
	}
	failed = errors.Join(failed,
		open(&m.usage, m.Paths[0], usage, os.O_RDONLY), open(&m.events, m.Paths[0], events, os.O_RDONLY))
	if failed != nil {
		m.Close()
		return nil, fmt.Errorf("cannot use a control group: %w", failed)
	}
	return m, nil
}

// Close lets go of the group.
func (m *Membership) Close() { wire.CloseAll(append(m.gates, m.usage, m.events, m.stat)) }

// Enter takes the calling thread into the group, and all that it starts.
func (m *Membership) Enter() error {
	if m == nil || m.Unified {
		return nil
	}
	for _, gate := range m.gates {
		// To name the thread by its number would cost a hundred times as much.
		if _, err := gate.WriteAt([]byte("0"), 0); err != nil {
			return fmt.Errorf("cannot enter a control group: %w", err)
		}
	}
	return nil
}

// Born lets a process be started in the group.
func (m *Membership) Born(a *syscall.SysProcAttr) *syscall.SysProcAttr {
	if m != nil && m.Unified {
		a.UseCgroupFD, a.CgroupFD = true, int(m.gates[0].Fd())
	}
	return a
}

// Run runs this program in the group, with arguments of which the first is its name,
// to its end.
func (m *Membership) Run(args ...string) error {
	self, err := reexec.Program()
	if err != nil {
		return err
	}
	return m.Start(func() error {
		pid, err := syscall.ForkExec(self, args, &syscall.ProcAttr{Env: []string{reexec.AtOnce}, Sys: m.Born(&syscall.SysProcAttr{})})
		if err != nil {
			return fmt.Errorf("cannot start a program in a control group: %w", err)
		}
		var ws syscall.WaitStatus
		for {
			if _, err := syscall.Wait4(pid, &ws, 0, nil); err != syscall.EINTR {
				break
			}
		}
		if ws != 0 {
			return fmt.Errorf("a program in a control group ended with status %d, signal %d", ws.ExitStatus(), ws.Signal())
		}
		return nil
	})
}

// Start calls a function that starts a program of the group's, on a thread that
// may do so.
func (m *Membership) Start(f func() error) error {
	if m == nil || m.Unified {
		return f()
	}
	done := make(chan error)
	reexec.OnOwnThread(func() {
		err := m.Enter()
		if err == nil {
			err = f()
		}
		done <- err
	})
	return <-done
}

// Bound prepares the group for a run. most is where the kernel itself stops the run's
// memory: all that it counts, also the files in /tmp, and what it needs for processes,
// threads, pipes and connections. tasks is how many threads there may be at one moment.
func (m *Membership) Bound(most int64, tasks int) error {
	if m == nil {
		return nil
	}
	if most != m.most || tasks != m.tasks {
		if err := m.limit(most, tasks); err != nil {
			return fmt.Errorf("cannot bound a control group: %w", err)
		}
		m.most, m.tasks = most, tasks
	}
	if !m.Unified { // the peak is of the run before
		if err := m.set(0, "memory.max_usage_in_bytes", 0); err != nil {
			return fmt.Errorf("cannot reset a control group: %w", err)
		}
	}
	m.before, m.spent = m.tally(), field(m.stat, "usage_usec")
	return nil
}

func (m *Membership) limit(most int64, tasks int) error {
	// What the kernel may lack: accounts of swap, and the controller of tasks.
	maybe := func(err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	last := len(m.Paths) - 1
	if m.Unified {
		return errors.Join(m.set(0, "memory.max", most), maybe(m.set(0, "memory.swap.max", 0)),
			maybe(m.set(0, "memory.oom.group", 1)), maybe(m.set(0, "pids.max", int64(tasks))))
	}
	const memory, both = "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"
	if m.set(0, memory, most) != nil { // never beyond both
		if err := errors.Join(maybe(m.set(0, both, most)), m.set(0, memory, most)); err != nil {
			return err
		}
	}
	err := maybe(m.set(0, both, most))
	if last > 0 {
		err = errors.Join(err, m.set(last, "pids.max", int64(tasks)))
	}
	return err
}

func (m *Membership) set(folder int, name string, value int64) error {
	f, err := os.OpenFile(filepath.Join(m.Paths[folder], name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(strconv.FormatInt(value, 10))
	return err
}

func (m *Membership) tally() tally { return tally{field(m.events, "oom_kill"), field(m.events, "oom")} }

// CPU is the processor time of a run, also of processes that nobody saw and nobody
// waited for; 0 where the kernel does not count it here.
func (m *Membership) CPU() time.Duration {
	if m == nil || m.stat == nil {
		return 0
	}
	return time.Duration(field(m.stat, "usage_usec")-m.spent) * time.Microsecond
}

// OverLimit reports whether the kernel ended a process of this run because the group was
// full.
func (m *Membership) OverLimit() bool {
	return m != nil && m.tally().ended > m.before.ended && m.full()
}

// OutsideOOM reports whether it did so for another reason, which is no fault of the
// program's: memory was short around the group, or on the whole machine.
func (m *Membership) OutsideOOM() bool {
	return m != nil && m.tally().ended > m.before.ended && !m.full()
}

// full reports whether the group's ceiling was reached.
func (m *Membership) full() bool {
	if m.Unified {
		return m.tally().full > m.before.full
	}
	const nearly = 1 << 20 // threads take memory from the group in advance, by some pages
	return m.number("memory.max_usage_in_bytes") >= m.most-nearly
}

// Memory is what a run takes that counts: what processes have, and what is in
// memory and in no process's, but not the files in /tmp, which have a limit of
// their own, and not the kernel's copies of other files, which it gives up when
// memory is short. seen is what was added up without it; within most, nobody asks.
func (m *Membership) Memory(seen, most int64) int64 {
	if m == nil || field(m.usage, "") <= most {
		return seen
	}
	files := m.files()
	stat, err := os.Open(filepath.Join(m.Paths[0], "memory.stat"))
	if err != nil {
		return seen
	}
	defer stat.Close()
	own, shared := "rss", "shmem"
	if m.Unified {
		own = "anon"
	}
	counted := field(stat, own) + max(0, field(stat, shared)-max(files, m.files()))
	return max(seen, counted)
}

// files is how much the files of /tmp take.
func (m *Membership) files() int64 {
	var s unix.Statfs_t
	if unix.Statfs(m.tmp, &s) != nil {
		return 0
	}
	return int64(s.Blocks-s.Bfree) * int64(s.Bsize)
}

func (m *Membership) number(name string) int64 {
	f, err := os.Open(filepath.Join(m.Paths[0], name))
	if err != nil {
		return 0
	}
	defer f.Close()
	return field(f, "")
}

// field reads a number of a file: the one that follows a name at the start of a
// line, or the only one. What can't be read is 0, which accuses nobody.
func field(f *os.File, name string) int64 {
	if f == nil {
		return 0
	}
	var room [4096]byte
	n, _ := f.ReadAt(room[:], 0)
	for line := range bytes.Lines(room[:n]) {
		rest := bytes.TrimSpace(line)
		if name != "" {
			var ok bool
			if rest, ok = bytes.CutPrefix(rest, []byte(name+" ")); !ok {
				continue
			}
		}
		value, _ := strconv.ParseInt(string(rest), 10, 64)
		return value
	}
	return 0
}

// Most is the bound on memory that is set.
func (m *Membership) Most() int64 { return m.most }
