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
	if SharesMemory(pid) {
		t.Error("who has executed a program has started nothing that shares its memory")
	}
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
	// With the race detector, threads are started by C's library, and by clone3.
	call, err := inRegisters(pid)
	if told := call.Number != unix.SYS_CLONE3; err != nil || SharesMemory(pid) != told {
		t.Errorf("a thread that was started by call %d, %v: shares memory is %t", call.Number, err, !told)
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

// TestCallInRegisters: a call that is read from registers is the one that the kernel tells of.
func TestCallInRegisters(t *testing.T) {
	runtime.LockOSThread() // the tracer
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec("/proc/self/exe", []string{"test", "-test.run=^$"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
	}()
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil { // it has executed the program
		t.Fatal(err)
	}
	if err := syscall.PtraceSetOptions(pid, syscall.PTRACE_O_TRACESYSGOOD); err != nil {
		t.Fatal(err)
	}
	const entry = 1 // PTRACE_SYSCALL_INFO_ENTRY
	for compared := 0; compared < 20; {
		if err := syscall.PtraceSyscall(pid, 0); err != nil {
			t.Fatal(err)
		}
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil || !status.Stopped() {
			t.Fatalf("it ended after %d calls: %v, %v", compared, status, err)
		}
		want, kind, ok := told(pid)
		if !ok {
			t.Skip("the kernel does not tell which call a thread makes")
		}
		if kind == entry {
			if got, err := inRegisters(pid); err != nil || got != want {
				t.Errorf("got %+v, want %+v, %v", got, want, err)
			}
			compared++
		}
	}
}
