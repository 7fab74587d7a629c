//go:build !portable

package landlock

import "testing"

// TestRights: a kernel is asked only for what it knows.
func TestRights(t *testing.T) {
	for abi, want := range map[int]uint64{1: 1<<13 - 1, abiRefer: 1<<14 - 1, ABITruncate: 1<<15 - 1, abiTCP: 1<<15 - 1, abiDevice: 1<<16 - 1, ABIScope: 1<<16 - 1} {
		if got := every(abi); got != want {
			t.Errorf("version %d: got %x, want %x", abi, got, want)
		}
	}
}
