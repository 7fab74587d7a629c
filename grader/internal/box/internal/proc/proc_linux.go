//go:build !portable

package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Descendants looks at everything below this process, which is a subreaper and has no
// other children than a run. Parents come before their children.
func Descendants(int) []Stat {
	var list []Stat
	queue := []int{os.Getpid()}
	for len(queue) > 0 {
		children := childrenOf(queue[0])
		queue = queue[1:]
		for _, pid := range children {
			if p, ok := Of(pid); ok {
				list = append(list, p)
				queue = append(queue, pid)
			}
		}
	}
	return list
}

// childrenOf reads the children of every thread of a process, in order.
func childrenOf(pid int) []int {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var children []int
	for _, t := range threads {
		data, err := os.ReadFile(dir + "/" + t.Name() + "/children")
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(word); err == nil {
				children = append(children, n)
			}
		}
	}
	slices.Sort(children) // by when they were started, but where numbers begin again
	return children
}

// All looks at the namespace's processes but this one. To walk down the tree would be
// less work here, and far more for the kernel: whoever reads which children a thread
// has leaves it milliseconds of work for the end of the process. Of more than most
// processes only the number is told.
func All(most int) (list []Stat, count int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, 0
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	if len(pids) > most {
		return nil, len(pids)
	}
	for _, pid := range pids {
		if p, ok := Of(pid); ok {
			list = append(list, p)
		}
	}
	return list, len(pids)
}

// Of looks at a process, if it is there. Memory that is the parent's counts there.
func Of(pid int) (Stat, bool) {
	p, ok := statOf(pid)
	if !ok {
		return p, false
	}
	if shares, _ := SharesMemory(pid, p.Parent); !shares {
		p.Resident, p.Shared = Resident(pid)
	}
	return p, true
}

// SharesMemory reports whether two processes have one memory, as a child has its
// parent's between vfork and exec. A kernel that has no kcmp, or keeps it from the
// caller, as some containers do, makes an error.
func SharesMemory(pid, with int) (bool, error) {
	const memory = 1 // KCMP_VM
	order, _, errno := unix.RawSyscall6(unix.SYS_KCMP, uintptr(pid), uintptr(with), memory, 0, 0, 0)
	switch errno {
	case 0:
		return order == 0, nil
	case unix.ESRCH: // one of them is gone
		return false, nil
	}
	return false, os.NewSyscallError("kcmp", errno)
}

// WantsProcessor reports whether a thread of these processes could go on if the machine
// let it.
func WantsProcessor(looks []Stat) bool {
	for _, l := range looks {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", l.PID))
		for _, name := range threads {
			f := readStat(name)
			if len(f) > 0 && strings.Contains("RDt", f[0]) { // t: it waits for the tracer
				return true
			}
		}
	}
	return len(looks) == 0 // nobody has been seen yet
}

// statOf is Of without memory.
func statOf(pid int) (Stat, bool) {
	f := readStat(fmt.Sprintf("/proc/%d/stat", pid))
	if len(f) < 22 {
		return Stat{}, false
	}
	return Stat{
		PID:     pid,
		Parent:  int(f.number(1)),
		Zombie:  f.zombie(),
		CPU:     time.Duration(f.number(11)+f.number(12)) * tick,
		Threads: int(f.number(17)),
		Probe:   f.number(35) == 0,
	}, true
}

// Resident reads /proc/PID/statm: bytes resident of its own, and those that
// others may count, too.
func Resident(pid int) (own, shared int64) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(data), &size, &resident, &shared); err != nil {
		return 0, 0
	}
	page := int64(os.Getpagesize())
	return (resident - shared) * page, shared * page
}

// IsZombie reports whether a process has ended and was not waited for.
func IsZombie(pid int) bool {
	p, _ := statOf(pid)
	return p.Zombie
}

// IsProbe recognises the child that package os of a Go program makes once, to
// find out whether the kernel can give a pidfd: it sends no signal at its end,
// which no other child of a Go program does, and an executed program always
// sends one. It is not a process of the program's making.
func IsProbe(pid int) bool {
	p, _ := statOf(pid)
	return p.Probe
}

// tick is the unit of /proc's processor times, 10 ms on every Linux port of Go.
const tick = 10 * time.Millisecond

// Env reads a process's environment; empty for a zombie.
func Env(pid int) []string { return words(pid, "environ") }

// CPUTime is the processor time of all threads that a process ever had, to
// the nanosecond: every process has a clock that shows it.
func CPUTime(pid int) time.Duration {
	var ts unix.Timespec
	const scheduled = 2
	if unix.ClockGettime(int32(^pid<<3|scheduled), &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// Field reads what follows "name:" in a file of /proc's; false if the file can't be read
// or has no such line.
func Field(file, name string) (string, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", false
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte(name+":")); ok {
			return string(bytes.TrimSpace(value)), true
		}
	}
	return "", false
}

// Status is what is used of /proc/ID/status.
type Status struct {
	Group, Parent   int
	Peak            int64 // most bytes resident so far
	IgnoresChildren bool  // SIGCHLD
}

// StatusOf reads it of a thread or a process; it is empty once that is gone.
func StatusOf(id int) Status {
	var s Status
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
	if err != nil {
		return s
	}
	for line := range bytes.Lines(data) {
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		value = bytes.TrimSpace(value)
		number := func() int { n, _ := strconv.Atoi(string(bytes.TrimSuffix(value, []byte(" kB")))); return n }
		switch string(name) {
		case "Tgid":
			s.Group = number()
		case "PPid":
			s.Parent = number()
		case "VmHWM":
			s.Peak = int64(number()) << 10
		case "SigIgn":
			mask, _ := strconv.ParseUint(string(value), 16, 64)
			s.IgnoresChildren = mask&(1<<(syscall.SIGCHLD-1)) != 0
			return s // the last one of these
		}
	}
	return s
}

// KillTree stops everything first, so that nothing new is started, and kills it
// then; again, until nobody is left.
func KillTree(_ int, empty <-chan struct{}) {
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		stopped := map[int]bool{}
		for again := true; again; {
			again = false
			for _, l := range Descendants(0) {
				if !stopped[l.PID] && !l.Zombie {
					syscall.Kill(l.PID, syscall.SIGSTOP)
					stopped[l.PID], again = true, true
				}
			}
		}
		for pid := range stopped {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		select {
		case <-empty:
			return
		case <-time.After(pause):
		}
	}
}
