package mp

import (
	"os"
	"path/filepath"
)

// doorName is a file in a new folder that only this user can enter.
func doorName() (string, error) {
	dir, err := os.MkdirTemp("", "mp")
	return filepath.Join(dir, "s"), err
}

// forgetDoor removes what a name left behind.
func forgetDoor(name string) { os.RemoveAll(filepath.Dir(name)) }
