//go:build !portable

package filestep

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
)

// TestWhoTriesLooks: whatever makes a lock of a name that may be taken is seen to ask after
// it, also where the step that is waited for is another than to create it.
func TestWhoTriesLooks(t *testing.T) {
	removed := []facts.Step{{Does: facts.Removes, Name: "counter.lock"}}
	for call, name := range map[uint64]int{unix.SYS_OPENAT: 1, unix.SYS_MKDIRAT: 1, unix.SYS_LINKAT: 3, unix.SYS_SYMLINKAT: 2} {
		if !slices.Contains(calls[call], named(looks, name)) {
			t.Errorf("call %d: who tries it is not seen to wait: %+v", call, calls[call])
		}
		if !slices.Contains(Calls(removed), call) {
			t.Errorf("call %d: nobody who tries it is stopped while a removal is waited for", call)
		}
	}
}
