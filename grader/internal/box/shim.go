//go:build unix

package box

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// shimOrder is what a shim does before it becomes the program.
type shimOrder struct {
	Program string
	Name    string // argv[0]
	Dir     string
	Limits  Limits
	Env     []string
	Talk    int    // the descriptor over which shim and init speak, closed by a successful execution
	Guarded []int  // processes that the program may not signal
	Settled bool   // it may not change files' rights and owners
	Fence   int    // the descriptor of the list of what the program may do; 0: none
	Root    string // the file system to enter; empty: the host's
	User    int    // the user to become; 0: stay
	Private bool   // it gives up what privileges it has
	// Supervised: whom its sockets and its signals reach is asked of init. Scoped: the
	// fence keeps signals from others.
	Supervised, Scoped bool
}

// A shim stays on its first thread: that is the one that init traces, and the only one to
// carry the filter. Init's main goroutine stays there, too, so that no other may come to
// it: a thread that starts a program gives up its privileges, and by those of the first
// the kernel judges who may look into init.
func init() {
	if len(os.Args) > 1 && (os.Args[1] == shimArgument || os.Args[1] == initArgument) {
		runtime.LockOSThread()
	}
}

// runShim bounds this process, waits for a word, and executes the program in
// its place. It returns only when that failed.
func runShim(args []string) {
	var o shimOrder
	if len(args) == 0 || json.Unmarshal([]byte(args[0]), &o) != nil {
		return
	}
	unix.CloseOnExec(o.Talk)
	talk := os.NewFile(uintptr(o.Talk), "talk")
	talk.WriteString(become(o, talk, args[1:]).Error())
}

// become does what runShim says.
func become(o shimOrder, talk *os.File, args []string) error {
	if err := setLimits(o.Limits); err != nil {
		return err
	}
	hears, err := o.confine()
	if err != nil {
		return err
	}
	var rights []byte
	if hears != 0 {
		rights = unix.UnixRights(hears)
	}
	word := []byte{shimReady}
	if err := unix.Sendmsg(o.Talk, word, rights, nil, noSignal); err != nil {
		return err
	}
	if n, err := talk.Read(word); n != 1 || word[0] != shimGo {
		return errors.Join(errors.New("no word came from the box's init"), err)
	}
	err = unix.Exec(o.Program, append([]string{o.Name}, args...), o.Env)
	return fmt.Errorf("cannot execute %s: %w", filepath.Base(o.Program), err)
}

// confine takes from the calling thread what the program must not have, for good.
// It concerns no other thread, if this one has a working directory of its own. It
// returns what restrain does.
func (o *shimOrder) confine() (hears int, err error) {
	if err := keepOnly(o.Talk); err != nil {
		return 0, err
	}
	if o.Root != "" {
		if err := enter(o.Root); err != nil {
			return 0, err
		}
	}
	if o.Private {
		if err := disarm(o.User); err != nil {
			return 0, err
		}
	}
	if err := unix.Chdir(o.Dir); err != nil {
		return 0, fmt.Errorf("cannot start: chdir %s: %w", o.Dir, err)
	}
	if hears, err = restrain(o); err != nil {
		return 0, err
	}
	return hears, enclose(o.Fence)
}

// setLimits sets the limits that a process carries by itself. They bound one
// process each, so they only stand behind the limits on the whole tree.
func setLimits(l Limits) error {
	for _, bound := range processLimits(l) {
		var now unix.Rlimit
		err := unix.Getrlimit(bound.resource, &now)
		if err == nil {
			now = bound.within(now)
			err = unix.Setrlimit(bound.resource, &now)
		}
		if err != nil {
			return fmt.Errorf("cannot limit %s: %w", bound.name, err)
		}
	}
	return nil
}

// processLimit is one resource limit of one process.
type processLimit struct {
	name       string
	resource   int
	soft, hard uint64
}

// within is the limit where there is one already: what this machine's owner allows
// nobody can raise.
func (p processLimit) within(now unix.Rlimit) unix.Rlimit {
	hard := min(p.hard, now.Max)
	return unix.Rlimit{Cur: min(p.soft, hard), Max: hard}
}

// arenaRoom is what mp's shared arena takes as a sparse file: RLIMIT_FSIZE
// counts its length and not its pages, so no file limit may be below it.
const arenaRoom = 2 << 30

func processLimits(l Limits) []processLimit {
	seconds := uint64(l.CPU.Seconds()) + 2
	file := uint64(max(l.FileSize, arenaRoom))
	return []processLimit{
		{"core files", unix.RLIMIT_CORE, 0, 0},
		{"processor time", unix.RLIMIT_CPU, seconds, seconds + 1},
		{"file size", unix.RLIMIT_FSIZE, file, file},
		{"open files", unix.RLIMIT_NOFILE, uint64(l.OpenFiles), uint64(l.OpenFiles)},
	}
}
