// A disk that is full is everybody's.
package main

import (
	"fmt"
	"os"
)

func main() {
	f, err := os.Create("big")
	if err != nil {
		f, err = os.Create("/tmp/big")
	}
	block := make([]byte, 1<<20)
	for range 4 << 10 {
		if err == nil {
			_, err = f.Write(block)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
