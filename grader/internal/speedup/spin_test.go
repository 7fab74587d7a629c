package speedup

import (
	"testing"
	"time"
)

// How much is done depends on the machine; that all threads do something, and
// that the probe says what it was, does not.
func TestSpin(t *testing.T) {
	p := Spin(2, 20*time.Millisecond)
	if p.Threads != 2 || p.Work == 0 || p.Wall != 20*time.Millisecond {
		t.Errorf("the probe gives %+v", p)
	}
	if round(1) == 0 {
		t.Error("the spinning loop came to a standstill")
	}
}
