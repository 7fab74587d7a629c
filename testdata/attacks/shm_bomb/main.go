// Files in /dev/shm are memory, too.
package main

import (
	"fmt"
	"os"
)

func main() {
	f, err := os.Create("/dev/shm/lockstep-attack")
	if err != nil {
		fmt.Println("held")
		return
	}
	defer os.Remove(f.Name())
	block := make([]byte, 1<<20)
	for range 1 << 10 {
		if _, err := f.Write(block); err != nil {
			fmt.Println("held")
			return
		}
	}
	fmt.Println("a gigabyte of memory")
}
