// Whatever else runs on the machine has a number below 4194304, and most of it a
// small one.
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

func main() {
	var told []*os.Process
	for pid := 1; pid < 100_000; pid++ {
		if pid == os.Getpid() || ownThread(pid) {
			continue
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			continue
		}
		if p.Kill() == nil {
			told = append(told, p)
		}
	}
	// The init of a box gets no signal that it does not want, whatever the call
	// returns. What is really killed is gone soon.
	time.Sleep(100 * time.Millisecond)
	killed := 0
	for _, p := range told {
		if p.Signal(syscall.Signal(0)) != nil {
			killed++
		}
	}
	if killed == 0 {
		fmt.Println("held")
		return
	}
	fmt.Println("killed", killed)
}

// ownThread says whether a number is that of one of this process's threads, which
// have been started after it.
func ownThread(id int) bool {
	if id < os.Getpid() || id > os.Getpid()+1000 {
		return false
	}
	_, err := os.Stat(fmt.Sprint("/proc/self/task/", id))
	return err == nil
}
