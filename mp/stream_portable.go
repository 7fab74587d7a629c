//go:build darwin || portable

package mp

import (
	"os"
	"path/filepath"
	"time"
)

// lookout is how long a reader looks before it sleeps: not at all, since there is no
// system call here by which it could let others have the core.
const lookout time.Duration = 0

func yield() {}

// socketName is a file in a new folder that only this user can enter.
func socketName() (string, error) {
	dir, err := os.MkdirTemp("", "mp")
	return filepath.Join(dir, "s"), err
}

// removeSocket removes what a name left behind.
func removeSocket(name string) { os.RemoveAll(filepath.Dir(name)) }
