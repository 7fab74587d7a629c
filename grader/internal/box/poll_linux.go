//go:build !portable

package box

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
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	noSignal    = unix.MSG_NOSIGNAL
	closeOnExec = unix.MSG_CMSG_CLOEXEC
)

// ownProgram is the program that is running, also when its file is gone.
func ownProgram() (string, error) { return "/proc/self/exe", nil }

// prepare makes this process the one to which orphans fall.
func prepare() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return staged("become a subreaper", err)
	}
	return nil
}

// collect reaps everything that falls to init, and works out beforehand what
// became of it, until nobody is left.
func (p *polled) collect() {
	defer close(p.empty)
	for {
		pid, err := peek(-1, 0)
		if err != nil {
			return
		}
		// The root comes first, and before it goes, a look at what it leaves. A
		// child of its own that falls to init tells the root's end, too: the
		// root can be waited for only when the last of its threads is gone.
		root, err := peek(p.root, unix.WNOHANG)
		if err == nil && (root == p.root || p.ofRoot(pid)) {
			p.judgeLeft()
			if root == p.root {
				pid = root
			}
		}
		zombie, sure := p.zombie(pid)
		var ws syscall.WaitStatus
		var usage syscall.Rusage
		if _, err := syscall.Wait4(pid, &ws, 0, &usage); err != nil {
			continue
		}
		p.collected(pid, exitOf(ws), cpuOf(&usage), usage.Maxrss<<10, zombie, sure)
	}
}

// adopts says whether what has lost its parent falls to init, which then knows what
// became of it.
const adopts = true

var unseenHere []string

// peek waits for a child's end without collecting it.
func peek(pid, flags int) (int, error) {
	kind := unix.P_PID
	if pid < 0 {
		kind, pid = unix.P_ALL, 0
	}
	for {
		var info unix.Siginfo
		err := unix.Waitid(kind, pid, &info, unix.WEXITED|unix.WNOWAIT|flags, nil)
		if err == unix.EINTR {
			continue
		}
		return childOf(&info), err
	}
}

// childOf reads si_pid, which follows the three words at the front, aligned
// for a pointer.
func childOf(info *unix.Siginfo) int {
	const words = 3 * 4
	offset := (words + unsafe.Sizeof(uintptr(0)) - 1) &^ (unsafe.Sizeof(uintptr(0)) - 1)
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(info), offset)))
}

// judgeLeft looks at what the dead root leaves: the dead are zombies, the
// living orphans.
func (p *polled) judgeLeft() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return
	}
	now := time.Now()
	for _, l := range descendants(p.root) {
		if !l.probe && p.table.byPID[l.pid] == nil {
			p.began(l, now).Argv = argvOf(l.pid)
		}
	}
	// Each one is asked by itself: a walk down the tree misses those that are
	// handed from parent to parent meanwhile.
	living := p.table.oldest()
	for _, e := range slices.Backward(living) {
		if e.PID == p.root {
			continue
		}
		switch l, err := lookAt(e.PID); {
		case err != nil:
			p.table.died(e, Exit{}, now)
		case e.Parent != p.root || l.parent == p.root:
		case l.zombie:
			e.ended = true
		default:
			e.orphan = true
		}
	}
}

// ofRoot says whether the root started a process.
func (p *polled) ofRoot(pid int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.table.alive(pid)
	return e != nil && e.Parent == p.root
}

// zombie says whether a process that fell to init ended before its parent did,
// and whether that is sure.
func (p *polled) zombie(pid int) (zombie, sure bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.table.alive(pid)
	if e == nil {
		return true, false
	}
	last, seen := p.last[pid]
	zombie = e.ended || seen && last.zombie && last.parent == e.Parent
	return zombie || !e.orphan, zombie || e.orphan
}

// descendants looks at the root and everything below it or below init.
func descendants(root int) []look {
	var looks []look
	queue := []int{os.Getpid()}
	for len(queue) > 0 {
		children := childrenOf(queue[0])
		queue = queue[1:]
		for _, pid := range children {
			if l, err := lookAt(pid); err == nil {
				looks = append(looks, l)
				queue = append(queue, pid)
			}
		}
	}
	return looks
}

// childrenOf reads the children of every thread of a process.
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
	return children
}

// lookAt reads /proc/PID/stat and statm. Memory that is the parent's counts there.
func lookAt(pid int) (look, error) {
	l, err := statOf(pid)
	if err != nil {
		return l, err
	}
	if shares, _ := sharesMemory(pid, l.parent); !shares {
		l.resident, l.shared = residentOf(pid)
	}
	return l, nil
}

// sharesMemory says whether two processes have one memory, as a child has its
// parent's between vfork and exec. A kernel that has no kcmp, or keeps it from the
// caller, as some containers do, makes an error.
func sharesMemory(pid, with int) (bool, error) {
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

// wantsProcessor says whether a thread of these processes could go on if the machine
// let it.
func wantsProcessor(looks []look) bool {
	for _, l := range looks {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", l.pid))
		for _, name := range threads {
			data, _ := os.ReadFile(name)
			_, state, _ := bytes.Cut(data[bytes.LastIndexByte(data, ')')+1:], []byte(" "))
			if len(state) > 0 && strings.IndexByte("RDt", state[0]) >= 0 { // t: it waits for the tracer
				return true
			}
		}
	}
	return len(looks) == 0 // nobody has been seen yet
}

// statOf reads /proc/PID/stat.
func statOf(pid int) (look, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return look{}, err
	}
	end := bytes.LastIndexByte(data, ')') // the name may hold anything
	fields := strings.Fields(string(data[end+1:]))
	if len(fields) < 22 {
		return look{}, fmt.Errorf("cannot read /proc/%d/stat", pid)
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
	return look{
		pid:     pid,
		parent:  int(number(1)),
		zombie:  fields[0] == "Z" || fields[0] == "X",
		cpu:     time.Duration(number(11)+number(12)) * tick,
		threads: int(number(17)),
		probe:   number(35) == 0,
	}, nil
}

// residentOf reads /proc/PID/statm: bytes resident of its own, and those that
// others may count, too.
func residentOf(pid int) (own, shared int64) {
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

func isZombie(pid int) bool {
	l, err := lookAt(pid)
	return err == nil && l.zombie
}

// isProbe recognises the child that package os of a Go program makes once, to
// find out whether the kernel can give a pidfd: it sends no signal at its end,
// which no other child of a Go program does, and an executed program always
// sends one. It is not a process of the program's making.
func isProbe(pid int) bool {
	l, err := lookAt(pid)
	return err == nil && l.probe
}

// tick is the unit of /proc's processor times, 10 ms on every Linux port of Go.
const tick = 10 * time.Millisecond

// argvOf reads a process's arguments; empty for a zombie.
func argvOf(pid int) []string { return wordsOf(pid, "cmdline") }

// wordsOf reads a process's "cmdline" or "environ".
func wordsOf(pid int, name string) []string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil || len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}

// killTree stops everything first, so that nothing new is started, and kills it
// then; again, until nobody is left.
func killTree(_ int, empty <-chan struct{}) {
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		stopped := map[int]bool{}
		for again := true; again; {
			again = false
			for _, l := range descendants(0) {
				if !stopped[l.pid] && !l.zombie {
					syscall.Kill(l.pid, syscall.SIGSTOP)
					stopped[l.pid], again = true, true
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

func cpuOf(u *syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
