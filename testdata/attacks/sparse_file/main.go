// A hole costs nothing until somebody copies, counts or archives it.
package main

import (
	"fmt"
	"os"
)

func main() {
	f, err := os.CreateTemp("", "sparse")
	if err == nil {
		defer os.Remove(f.Name())
		err = f.Truncate(1 << 50)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
