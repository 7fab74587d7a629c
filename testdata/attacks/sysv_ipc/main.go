// A System V segment has no name in any folder and stays when its maker is gone.
package main

import (
	"fmt"
	"syscall"
)

const (
	key       = 0x10c57e9
	create    = 0o1000
	exclusive = 0o2000
)

func main() {
	_, _, no := syscall.Syscall(syscall.SYS_SHMGET, key, 4096, create|exclusive|0o600)
	if no == syscall.EEXIST {
		fmt.Println("found")
		return
	}
	fmt.Println("held")
}
