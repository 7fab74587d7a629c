//go:build !portable

package mp

import (
	"encoding/hex"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lookout is how long a reader looks before it sleeps. Being woken takes some 5 µs,
// and an answer of a manager at work half of that.
const lookout = 20 * time.Microsecond

// yield lets another thread have the core.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// socketName is a name in the abstract namespace of sockets: no file is needed, and
// the name goes away with its manager.
func socketName() (string, error) {
	var random [16]byte
	if _, err := unix.Getrandom(random[:], 0); err != nil {
		return "", os.NewSyscallError("getrandom", err)
	}
	return "@mp-" + hex.EncodeToString(random[:]), nil
}

// removeSocket removes what a name left behind.
func removeSocket(string) {}
