// Who opens without end runs out himself, and nobody else.
package main

import (
	"fmt"
	"os"
)

var kept []*os.File

func main() {
	for {
		f, err := os.Open("/dev/null")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		kept = append(kept, f)
	}
}
