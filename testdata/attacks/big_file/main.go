// A disk that is full is everybody's, also when it is full for a moment only.
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
	for range 1900 {
		if err == nil {
			_, err = f.Write(block)
		}
	}
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("held")
}
