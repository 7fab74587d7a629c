//go:build linux || darwin

package mp

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The grader limits the processor time of what it observes, and asks how much of
// it was used between two events that may be close to each other.
func TestProcessorTimeIsExactUnderALimit(t *testing.T) {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CPU, &old); err != nil {
		t.Fatal(err)
	}
	limit := old
	limit.Cur = min(old.Max, 1_000_000) // seconds
	if err := unix.Setrlimit(unix.RLIMIT_CPU, &limit); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_CPU, &old)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	sum, told := 1, 0
	for range 100 {
		process, thread := processorTime(), clock(unix.CLOCK_THREAD_CPUTIME_ID)
		for range 200_000 {
			sum = sum*3 + 1
		}
		// Asking for the thread's time would bring the process's up to date, so it
		// comes after. What the thread uses meanwhile may be much, on a machine that
		// is emulated or stalls, but is no more than the time that passes.
		before := monotonic()
		seen := processorTime() - process
		used := clock(unix.CLOCK_THREAD_CPUTIME_ID) - thread - (monotonic() - before)
		if used > 0 {
			told++
		}
		if seen < used/2 {
			t.Fatalf("the thread used at least %v, the process only %v", used, seen)
		}
	}
	if told == 0 {
		t.Skip("the machine stalled every time")
	}
	if sum == 0 {
		t.Log("the loop must not be left out")
	}
}
