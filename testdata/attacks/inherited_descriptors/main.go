// Everything above standard error must be the program's own, but for the socket that
// every run has: on it, nothing is a score.
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
		if fd == 3 && strings.HasPrefix(to, "socket:") {
			os.NewFile(3, "observer").WriteString("100/100\n")
			continue
		}
		held = false
		_, err = os.NewFile(uintptr(fd), "inherited").WriteString("100/100\n")
		fmt.Println(fd, to, err)
	}
	if held {
		fmt.Println("held")
	}
}
