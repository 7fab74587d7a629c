package mp

import (
	"encoding/hex"
	"os"

	"golang.org/x/sys/unix"
)

// doorName is a name in the abstract namespace of sockets: no file is needed, and
// the name goes away with its manager.
func doorName() (string, error) {
	var random [16]byte
	if _, err := unix.Getrandom(random[:], 0); err != nil {
		return "", os.NewSyscallError("getrandom", err)
	}
	return "@mp-" + hex.EncodeToString(random[:]), nil
}

// forgetDoor removes what a name left behind.
func forgetDoor(string) {}
