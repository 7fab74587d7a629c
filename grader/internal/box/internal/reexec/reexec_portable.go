//go:build darwin || portable

package reexec

import "os"

// Program is the program that is running.
func Program() (string, error) { return os.Executable() }
