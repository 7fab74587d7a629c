// The grader's environment holds a classroom's token, its descriptors the result.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	held := true
	say := func(what, name string) {
		held = false
		fmt.Println(what, name)
	}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range folders {
		if dir == fmt.Sprint("/proc/", os.Getpid()) {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(dir, "environ")); err == nil && len(text) > 0 {
			say("environment of", dir)
		}
		if fds, err := os.ReadDir(filepath.Join(dir, "fd")); err == nil && len(fds) > 0 {
			say("descriptors of", dir)
		}
		if f, err := os.Open(filepath.Join(dir, "mem")); err == nil {
			f.Close()
			say("memory of", dir)
		}
		if _, err := os.ReadDir(filepath.Join(dir, "root")); err == nil {
			say("root of", dir)
		}
	}
	if held {
		fmt.Println("held")
	}
}
