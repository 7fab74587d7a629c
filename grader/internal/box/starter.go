//go:build unix

package box

import (
	"runtime"
	"sync"
)

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

// onStarter calls a function on that thread.
func onStarter(f func() error) error {
	done := make(chan error)
	starter() <- func() { done <- f() }
	return <-done
}
