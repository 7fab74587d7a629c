// A private root holds the program, what it needs to run, and nothing of anybody.
package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

func main() {
	held := true
	_ = filepath.WalkDir("/", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case name == "/proc" || name == "/sys":
			return filepath.SkipDir
		}
		switch d.Name() {
		case "exercise.yaml", "solutions", "passwd", "shadow", "docker.sock", ".ssh", ".git", "go.mod":
			held = false
			fmt.Println(name)
		}
		return nil
	})
	if held {
		fmt.Println("held")
	}
}
