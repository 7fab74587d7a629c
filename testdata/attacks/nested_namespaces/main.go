// Root in a user namespace may ask far more of the kernel, and most of the
// kernel's holes were found there.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	held := true
	for name, flag := range map[string]uintptr{
		"user": syscall.CLONE_NEWUSER, "mount": syscall.CLONE_NEWNS, "process": syscall.CLONE_NEWPID, "network": syscall.CLONE_NEWNET,
		"user and network": syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
	} {
		c := exec.Command(self, "inside")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flag}
		if c.Run() == nil {
			held = false
			fmt.Println("makes a namespace:", name)
		}
	}
	if err := syscall.Mount("none", "/tmp", "tmpfs", 0, ""); err == nil {
		held = false
		fmt.Println("mounts")
	}
	if err := syscall.Chroot("/tmp"); err == nil {
		held = false
		fmt.Println("changes its root")
	}
	if held {
		fmt.Println("held")
	}
}
