package mp

import (
	"path"
	"runtime"
	"strings"

	"lockstep/mp/trace"
)

// ownPrefix begins the names of this package's functions.
const ownPrefix = "lockstep/mp."

// callSite finds the line in the student's file that an operation stands on: the
// innermost one of package main, or else of any package but this one. The line that
// calls Main is none.
func callSite(stack []uintptr) trace.Site {
	frames := runtime.CallersFrames(stack)
	var other trace.Site
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "main.main" || ownFile(f):
		case strings.HasPrefix(f.Function, "main."):
			return siteAt(f)
		case other.Line == 0 && !strings.HasPrefix(f.Function, ownPrefix) && !strings.HasPrefix(f.Function, "runtime."):
			other = siteAt(f)
		}
		if !more {
			return other
		}
	}
}

// ownFile reports whether a frame's line is this package's in a function of package main: the
// compiler names so what it puts into a student's, such as a loop over results.
func ownFile(f runtime.Frame) bool {
	_, here, _, _ := runtime.Caller(0)
	return strings.HasPrefix(f.Function, "main.") && path.Dir(f.File) == path.Dir(here)
}

// stack returns who called, the caller's caller first.
func stack() []uintptr {
	pcs := make([]uintptr, 32)
	for {
		n := runtime.Callers(3, pcs)
		if n < len(pcs) {
			return pcs[:n]
		}
		pcs = make([]uintptr, 2*len(pcs))
	}
}

// isMain says whether a stack is that of the goroutine that Main runs in: all
// stacks end in the same function, and this one comes from another of the runtime's.
func isMain(stack []uintptr) bool {
	if len(stack) < 2 {
		return false
	}
	f := runtime.FuncForPC(stack[len(stack)-2] - 1)
	return f != nil && f.Name() == "runtime.main"
}

func siteAt(f runtime.Frame) trace.Site {
	return trace.Site{File: f.File[strings.LastIndexByte(f.File, '/')+1:], Line: f.Line}
}

// siteOfPC gives a program counter's line, where it has one.
func siteOfPC(pc uintptr) trace.Site {
	if pc == 0 || pc == nowhere {
		return trace.Site{}
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return siteAt(frame)
}
