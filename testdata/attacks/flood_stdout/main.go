// Text without end, faster than anybody reads it.
package main

import (
	"os"
	"strings"
)

func main() {
	text := []byte(strings.Repeat("all work and no play\n", 4096))
	for {
		if _, err := os.Stdout.Write(text); err != nil {
			return
		}
	}
}
