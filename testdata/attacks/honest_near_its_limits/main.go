// Memory, output, files and descriptors up to a little below, or right at, the
// limit.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	block := make([]byte, 72<<20)
	for i := range block {
		block[i] = 'x'
	}
	name := os.TempDir() + "/file"
	err := os.WriteFile(name, block[:12<<20], 0o600)
	if err == nil {
		err = os.Remove(name)
	}
	var files []*os.File
	for range 200 {
		if err == nil {
			var f *os.File
			if f, err = os.Open("/dev/null"); err == nil {
				files = append(files, f)
			}
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Repeat(string(block[len(block)-1:]), 8191))
	for _, f := range files {
		f.Close()
	}
}
