// The program gets an environment of its own. The grader's holds a secret while
// this is tried. What is known by name is the same in every run, and tells nothing.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	held := true
	for _, text := range os.Environ() {
		name, _, _ := strings.Cut(text, "=")
		if !slices.Contains([]string{"PATH", "HOME", "LANG", "TMPDIR", "GORACE", "GOMAXPROCS", "LOCKSTEP_MP_OBSERVER"}, name) {
			held = false
			fmt.Println(text)
		}
	}
	if held {
		fmt.Println("held")
	}
}
