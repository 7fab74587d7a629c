// A memfd is a file without a name, in memory, and in the figures of no process.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

func main() {
	number := uintptr(319)
	if runtime.GOARCH == "arm64" {
		number = 279
	}
	name := [2]byte{'m'}
	fd, _, no := syscall.Syscall(number, uintptr(unsafe.Pointer(&name)), 0, 0)
	if no != 0 {
		fmt.Println(no)
		os.Exit(1)
	}
	f := os.NewFile(fd, "memfd")
	block := make([]byte, 1<<20)
	for range 1 << 10 {
		if _, err := f.Write(block); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("a gigabyte of memory")
}
