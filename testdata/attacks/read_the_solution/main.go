// The program is told where the course is. There must be nothing there.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	held := true
	for _, name := range []string{"", "go.mod", "solutions", "exercises", "grader", ".git", "testdata/attacks"} {
		if _, err := os.Stat(filepath.Join(os.Args[1], name)); err == nil {
			held = false
			fmt.Println("there is", name)
		}
	}
	if held {
		fmt.Println("held")
	}
}
