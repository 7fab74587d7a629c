//go:build unix

// Package reexec starts this program again, as a part of a box.
package reexec

import (
	"os"
	"runtime"
	"sync"
)

// Name is how such a process is called. Its first argument says which part it plays.
const (
	Name   = "lockstep-box"
	Init   = "--box-init"
	Shim   = "--box-shim"
	Canary = "--box-canary" // it ends at once, to see whether something can be started
)

// AtOnce, in its environment, lets a race build of the grader's own end without the
// second that it lingers by default.
const AtOnce = "GORACE=atexit_sleep_ms=0"

// A shim stays on its first thread: that is the one that init traces, and the only one to
// carry the filter. Init's main goroutine stays there, too, so that no other may come to
// it: a thread that starts a program gives up its privileges, and by those of the first
// the kernel judges who may look into init.
func init() {
	if len(os.Args) > 1 && (os.Args[1] == Shim || os.Args[1] == Init) {
		runtime.LockOSThread()
	}
}

// A box's init is to die with the grader even if it hangs. The kernel sees to
// that, but it takes the thread that started init for the grader
// (golang.org/issue/27505), so that every init is started by one thread, which
// lives as long as the grader.
var starter = sync.OnceValue(func() chan<- func() {
	jobs := make(chan func())
	go func() {
		runtime.LockOSThread()
		for job := range jobs {
			job()
		}
	}()
	return jobs
})

// OnStarter calls a function on that thread.
func OnStarter(f func() error) error {
	done := make(chan error)
	starter() <- func() { done <- f() }
	return <-done
}
