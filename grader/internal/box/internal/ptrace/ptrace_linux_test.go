//go:build !portable

package ptrace

import (
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMessageOfAKilledThread kills a program where it stands stopped because it
// started something, before anybody has asked what.
func TestMessageOfAKilledThread(t *testing.T) {
	runtime.LockOSThread() // the tracer
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec("/proc/self/exe", []string{"test", "-test.run=^$"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		t.Fatal(err)
	}
	stop := func() Change {
		n := Change{}
		if n.ID, err = syscall.Wait4(pid, &n.Status, unix.WALL, nil); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stop() // it has executed the program
	if err := syscall.PtraceSetOptions(pid, options); err != nil {
		t.Fatal(err)
	}
	n := Change{}
	for !n.Starts() {
		Resume(pid, 0)
		if n = stop(); !n.Status.Stopped() {
			t.Fatalf("it ended without a thread: %v", n.Status)
		}
	}
	if started, ok := Message(pid, n.Event()); !ok || started <= 0 {
		t.Errorf("before: got %d, %t", started, ok)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	if last := stop(); last.Event() != unix.PTRACE_EVENT_EXIT {
		t.Fatalf("got event %d, %v", last.Event(), last.Status)
	}
	if started, ok := Message(pid, n.Event()); ok {
		t.Errorf("after: got %d, which is its exit status", started)
	}
	for id := pid; err == nil; id, err = syscall.Wait4(-1, nil, unix.WALL|unix.WNOTHREAD, nil) {
		Resume(id, 0)
	}
}
