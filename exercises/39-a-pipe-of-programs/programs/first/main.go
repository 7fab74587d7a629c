// First prints the first three lines that it reads, and ends, however many there are.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for range 3 {
		if !in.Scan() {
			break
		}
		fmt.Println(in.Text())
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "first:", err)
		os.Exit(1)
	}
}
