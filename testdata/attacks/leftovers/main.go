// A run that finds what the last one left can count, or remember an answer.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const mark = "lockstep-was-here"

func main() {
	held := true
	folders := []string{".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue"}
	for _, dir := range folders {
		if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
			held = false
			fmt.Println("found in", dir)
		}
	}
	for _, dir := range folders {
		_ = os.WriteFile(filepath.Join(dir, mark), nil, 0o600)
	}
	if held {
		fmt.Println("held")
	}
}
