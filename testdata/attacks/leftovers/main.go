// A run that finds what the last one left can count, or remember an answer.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	held := true
	for _, dir := range []string{".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue"} {
		name := filepath.Join(dir, "lockstep-was-here")
		if _, err := os.Stat(name); err == nil {
			held = false
			fmt.Println("found", name)
		}
		_ = os.WriteFile(name, nil, 0o600)
	}
	if held {
		fmt.Println("held")
	}
}
