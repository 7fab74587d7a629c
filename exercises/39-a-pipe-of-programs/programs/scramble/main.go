// Scramble reads numbers, one a line, and prints for each one another number, which takes
// it a while to find.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	for in.Scan() {
		n, err := strconv.ParseUint(in.Text(), 10, 64)
		if err != nil {
			fail(err)
		}
		for range 10_000 {
			n = n*6364136223846793005 + 1442695040888963407
		}
		if _, err := fmt.Fprintln(out, n>>32%1000); err != nil {
			fail(err)
		}
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "scramble:", err)
	os.Exit(1)
}
