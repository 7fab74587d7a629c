// An empty file takes no space, and still a place in the disk's table of files.
package main

import (
	"fmt"
	"os"
)

func main() {
	for i := range 1_000_000 {
		f, err := os.Create(fmt.Sprint(os.TempDir(), "/", i))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		f.Close()
	}
}
