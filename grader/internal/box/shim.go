//go:build unix

package box

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// shimOrder is what a shim does before it becomes the program.
type shimOrder struct {
	Program string
	Name    string // argv[0]
	Dir     string
	Limits  Limits
	Env     []string
	Report  int // the descriptor for what went wrong, closed by a successful execution
}

// runShim bounds this process and then executes the program in its place. It
// returns only when that failed.
func runShim(args []string) {
	var o shimOrder
	if len(args) == 0 || json.Unmarshal([]byte(args[0]), &o) != nil {
		return
	}
	unix.CloseOnExec(o.Report)
	err := become(o, args[1:])
	os.NewFile(uintptr(o.Report), "report").WriteString(err.Error())
}

// become does what runShim says.
func become(o shimOrder, args []string) error {
	if err := setLimits(o.Limits); err != nil {
		return err
	}
	if err := os.Chdir(o.Dir); err != nil {
		return fmt.Errorf("cannot start: %w", err)
	}
	err := unix.Exec(o.Program, append([]string{o.Name}, args...), o.Env)
	return fmt.Errorf("cannot execute %s: %w", filepath.Base(o.Program), err)
}

// setLimits sets the limits that a process carries by itself. They bound one
// process each, so they only stand behind the limits on the whole tree.
func setLimits(l Limits) error {
	for _, bound := range processLimits(l) {
		if err := unix.Setrlimit(bound.resource, &unix.Rlimit{Cur: bound.soft, Max: bound.hard}); err != nil {
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
