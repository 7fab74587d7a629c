package facts

import (
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Signal is one that a run is sent, once all that it is to come after holds: there is
// something that it comes after.
type Signal struct {
	Number   syscall.Signal
	Group    bool   // to the program's process group, as a terminal does
	Child    int    // to a child by its number: the first that was started is 1
	Name     string // … or by its name; to the program itself where neither is given
	Children int    // that live at one moment, at least
	After    string // what was printed to standard output since the text of the signal before
}

// Sent is what became of a signal.
type Sent struct {
	Signal
	At      time.Duration // since the root's start
	PID     int           // whom it was sent to, of a group the first; 0: it was not sent
	Lacking Lacking       // … because of that
	Most    int           // children that had lived at one moment, at most
}

// Lacking is what a signal waited for in vain.
type Lacking string

const (
	TheSignalBefore Lacking = "the signal before" // was not sent
	TheText         Lacking = "the text"
	TheChildren     Lacking = "the children"
	TheReceiver     Lacking = "the receiver"
)

// Name is what package mp calls a child: in brackets, behind its program's name. It is
// empty for a process that is none of its children.
func (p Process) Name() string {
	if len(p.Argv) == 0 {
		return ""
	}
	_, name, _ := strings.Cut(p.Argv[0], " [")
	name, ok := strings.CutSuffix(name, "]")
	if !ok {
		return ""
	}
	return name
}

// Called is what people know a process by: main is the program itself.
func (p Process) Called() string {
	name := p.Name()
	switch {
	case p.State == Root:
		return "main"
	case name != "":
		return name
	case len(p.Argv) == 0:
		return "process"
	}
	return strings.Join(append([]string{filepath.Base(p.Argv[0])}, p.Argv[1:]...), " ")
}

// Manager reports whether a process keeps things for others, and does none of the work
// that children are there for. No child of a program's own can have such a name.
func (p Process) Manager() bool { return strings.HasPrefix(p.Name(), "mp.manager-") }
