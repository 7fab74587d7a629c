// Numbers prints the numbers from 1 to its argument, one a line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: numbers N"))
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fail(err)
	}
	out := bufio.NewWriter(os.Stdout)
	for i := range n {
		if _, err := fmt.Fprintln(out, i+1); err != nil {
			fail(err)
		}
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "numbers:", err)
	os.Exit(1)
}
