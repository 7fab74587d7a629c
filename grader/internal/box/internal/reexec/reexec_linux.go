//go:build !portable

package reexec

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Program is the program that is running, also when its file is gone.
func Program() (string, error) { return "/proc/self/exe", nil }

// OnOwnThread calls a function on a thread that ends with it, and that is not the
// process's first: that one does not end, and stands for the process.
func OnOwnThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != os.Getpid() {
			f()
			return
		}
		other := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(other)
			f()
		}()
		<-other
		runtime.UnlockOSThread()
	}()
}
