//go:build mutant

// A service with workers: for each line of standard input it prints that line and a
// checksum that takes long to find, in the same order. The argument is the number of
// worker processes, or "serial", for none.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(lines.Text(), "done")
	}
}
