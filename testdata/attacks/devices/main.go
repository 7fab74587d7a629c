// Disks, memory, terminals and the like. What is harmless may be there.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

var harmless = []string{"null", "zero", "full", "random", "urandom", "stdin", "stdout", "stderr", "fd", "shm", "mqueue", "pts", "ptmx", "tty"}

func main() {
	held := true
	names, _ := filepath.Glob("/dev/*")
	for _, name := range append(names, "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/kvm", "/dev/fuse", "/dev/net/tun") {
		if slices.Contains(harmless, filepath.Base(name)) {
			continue
		}
		if f, err := os.Open(name); err == nil {
			f.Close()
			held = false
			fmt.Println("opens", name)
		}
	}
	if held {
		fmt.Println("held")
	}
}
