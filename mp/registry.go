package mp

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// A target is a function that a child can run, found by its name.
type target struct {
	name    string
	call    func(*decoder) error
	work    worker       // of a task, which only pools run
	pace    atomic.Int64 // of a task: nanoseconds that its last calls took each
	site    uintptr      // where it was registered
	problem error        // why it can't be started
	own     bool         // the library's, not the program's
	service bool         // … and makes no operations
}

// Targets are registered while the program's variables are initialised, before
// Main; the same ones therefore in every process.
var targets struct {
	mu     sync.Mutex
	byName map[string]*target
	faults []error // names registered twice and the like; Main reports them
}

// begun is set when Main or TestMain takes over.
var begun atomic.Bool

// register adds a function. Its caller's caller is in the student's file.
func register(name string, isNil bool, call func(*decoder) error) *target {
	return registerTarget(&target{name: name, call: call}, isNil, 4)
}

func registerTarget(t *target, isNil bool, skip int) *target {
	var pcs [1]uintptr
	runtime.Callers(skip, pcs[:])
	t.site = pcs[0]
	name := t.name
	targets.mu.Lock()
	defer targets.mu.Unlock()
	switch before := targets.byName[name]; {
	case begun.Load():
		t.problem = fmt.Errorf("%s: %q must be registered in a package-level variable, so that a child knows it too", siteOf(t.site), name)
		return t
	case before != nil:
		t.problem = fmt.Errorf("%s: the name %q is taken: it is registered at %s too", siteOf(t.site), name, siteOf(before.site))
	case isNil:
		t.problem = fmt.Errorf("%s: %q is registered with a nil function", siteOf(t.site), name)
	case name == "":
		t.problem = fmt.Errorf("%s: a function is registered without a name", siteOf(t.site))
	}
	if t.problem != nil {
		targets.faults = append(targets.faults, t.problem)
		return t
	}
	if targets.byName == nil {
		targets.byName = map[string]*target{}
	}
	targets.byName[name] = t
	return t
}

func targetNamed(name string) *target {
	targets.mu.Lock()
	defer targets.mu.Unlock()
	return targets.byName[name]
}

// siteOf gives a program counter as "main.go:12".
func siteOf(pc uintptr) string {
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return fmt.Sprintf("%s:%d", frame.File[strings.LastIndexByte(frame.File, '/')+1:], frame.Line)
}

// siteOfTarget is where a target was registered.
func siteOfTarget(name string) uintptr {
	if t := targetNamed(name); t != nil {
		return t.site
	}
	return nowhere
}
