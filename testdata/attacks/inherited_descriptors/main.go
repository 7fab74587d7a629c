// Everything above standard error must be the program's own.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	held := true
	for fd := 3; fd < 1024; fd++ {
		to, err := os.Readlink(filepath.Join("/proc/self/fd", fmt.Sprint(fd)))
		if err != nil || strings.HasPrefix(to, "anon_inode:[event") || strings.HasPrefix(to, "/sys/fs/cgroup/") {
			continue // not open, or the Go runtime's own
		}
		held = false
		_, err = os.NewFile(uintptr(fd), "inherited").WriteString("100/100\n")
		fmt.Println(fd, to, err)
	}
	if held {
		fmt.Println("held")
	}
}
