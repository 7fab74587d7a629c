//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/landlock"
)

var (
	queued    [128]byte // siginfo_t, from a queue
	scheduled int32     // struct sched_param
)

// onOther are ways to act on another process.
func onOther(pid int) map[string]func() error {
	call := func(number uintptr, args ...uintptr) func() error {
		return func() error {
			var a [6]uintptr
			copy(a[:], args)
			if _, _, errno := unix.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
				return errno
			}
			return nil
		}
	}
	*(*int32)(unsafe.Pointer(&queued[8])) = -1
	processors := unix.CPUSet{}
	processors.Set(0)
	term, id := uintptr(unix.SIGCONT), uintptr(pid)
	return map[string]func() error{
		"kill":              call(unix.SYS_KILL, id, term),
		"kill its group":    call(unix.SYS_KILL, -id, term),
		"kill its thread":   call(unix.SYS_TKILL, id, term),
		"kill a thread":     call(unix.SYS_TGKILL, id, id, term),
		"queue a signal":    call(unix.SYS_RT_SIGQUEUEINFO, id, term, uintptr(unsafe.Pointer(&queued))),
		"hold it":           func() error { fd, err := unix.PidfdOpen(pid, 0); unix.Close(fd); return err },
		"by its descriptor": func() error { return byDescriptor(pid, unix.SIGCONT) },
		"limit it":          func() error { return unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil) },
		"bind it":           func() error { return unix.SchedSetaffinity(pid, &processors) },
		"slow it":           func() error { return unix.Setpriority(unix.PRIO_PROCESS, pid, 19) },
		"schedule it":       call(unix.SYS_SCHED_SETSCHEDULER, id, 0, uintptr(unsafe.Pointer(&scheduled))),
	}
}

// byDescriptor sends a signal by a process's folder.
func byDescriptor(pid int, signal unix.Signal) error {
	fd, err := unix.Open(fmt.Sprintf("/proc/%d", pid), unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.PidfdSendSignal(fd, signal, nil, 0)
}

func init() {
	roles["harm"] = func(args []string) int { // acts on a stranger, and prints what worked
		pid, _ := strconv.Atoi(args[0])
		for name, try := range onOther(pid) {
			if try() == nil {
				fmt.Println(name)
			}
		}
		if unix.Setpriority(unix.PRIO_USER, 0, 1) == nil {
			fmt.Println("slow all")
		}
		return 0
	}
	roles["govern"] = func([]string) int { // acts on its own child, and prints what did not work
		c := exec.Command("/proc/self/exe", "sleep", "1h")
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := c.Start(); err != nil {
			fmt.Println(err)
			return 1
		}
		for name, try := range onOther(c.Process.Pid) {
			// A folder can't be opened in a fence.
			if err := try(); err != nil && !(name == "by its descriptor" && errors.Is(err, unix.EACCES)) {
				fmt.Printf("%s: %v\n", name, err)
			}
		}
		if err := c.Process.Kill(); err != nil { // by a descriptor, where Go has one
			fmt.Println("end it:", err)
		}
		c.Wait()
		if err := c.Process.Signal(syscall.Signal(0)); err == nil {
			fmt.Println("it is dead, and hears")
		}
		if err := unix.Kill(0, unix.SIGCONT); err != nil {
			fmt.Println("its own group:", err)
		}
		return 0
	}
}

// TestStrangers: a program acts on its own processes and on no others. It need not
// be the user's for that: a tier without a fence is as good as one with.
func TestStrangers(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		other := exec.Command("/proc/self/exe", "sleep", "1h")
		other.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { other.Process.Kill(); other.Wait() }()
		if private(tier) { // its number may be another one's there
			return
		}
		o := runIn(t, tier, command(t, "harm", strconv.Itoa(other.Process.Pid)))
		said := strings.TrimSpace(string(o.Stdout.Bytes))
		if tier == TierC && landlock.ABI() >= landlock.ABIScope && said == "hold it" {
			said = "" // it holds it, and Landlock refuses what that is good for
		}
		if o.Exit != (Exit{}) || said != "" {
			t.Errorf("got %+v, %q %s", o.Exit, said, o.Stderr.Bytes)
		}
	})
}

func TestOwnProcesses(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		c := command(t, "govern")
		c.Limits.Wall = time.Minute
		if o := runIn(t, tier, c); o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
			t.Errorf("got %+v, %q %s", o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
		}
	})
}
