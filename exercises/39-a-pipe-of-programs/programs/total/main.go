// Total reads numbers, one a line, until there are no more, and prints how many they are
// and their sum.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	count, sum := 0, 0
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		n, err := strconv.Atoi(in.Text())
		if err != nil {
			fail(err)
		}
		count, sum = count+1, sum+n
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
	fmt.Println(count, "numbers, sum", sum)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "total:", err)
	os.Exit(1)
}
