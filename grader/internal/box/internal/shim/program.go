//go:build unix

package shim

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/seccomp"
	"lockstep/grader/internal/box/internal/supervisor"
)

// Program is what a shim becomes, and what it does before.
type Program struct {
	Path    string // the executable, as the shim sees it
	Name    string // argv[0]
	Dir     string
	Env     []string
	Limits  facts.Limits
	OwnRoot bool // it enters the root file system of the box
	User    int  // the user to become; 0: stay
	Private bool // it gives up what privileges it has
	Seccomp seccomp.Policy

	// What does not travel with the rest.
	Args       []string               `json:"-"` // without the program's own name
	Group      *cgroup.Membership     `json:"-"`
	Opens      *os.File               `json:"-"` // Landlock's list of what the program may open; nil: none
	Supervisor *supervisor.Supervisor `json:"-"`

	// Descriptors of the shim's.
	Talk     int // over which it speaks with init, closed by a successful execution
	Landlock int // Opens; 0: none
}

// Argv is how the program is called.
func (p *Program) Argv() []string { return append([]string{p.Name}, p.Args...) }

func (p *Program) chdir() error {
	if err := unix.Chdir(p.Dir); err != nil {
		return fmt.Errorf("cannot start: chdir %s: %w", p.Dir, err)
	}
	return nil
}

// Messages between a box's init and a shim.
const (
	ready   = 'r' // shim → init, with the listener of its filter, if it has one
	goAhead = 'g' // init → shim
	failed  = 'f' // shim → init: a wire.Failure
)
