package script

import (
	"slices"
	"testing"
)

// TestCrashTorn: what several processes say of their ends at once, or what a program prints
// that looks like it, is told as far as it goes.
func TestCrashTorn(t *testing.T) {
	said := []string{"panic: lost", "", "goroutine 1 [running]:", "main.init.func1)", "\tmain.go:45 +0x1d", "exit status 2"}
	if got, want := crash(said), []string{"panic: lost", "  init.func1) at main.go:45"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
