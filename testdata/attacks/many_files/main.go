// Each file is small. Together they fill the disk, or its table of files.
package main

import (
	"fmt"
	"os"
)

func main() {
	block := make([]byte, 4<<10)
	for i := range 100_000 {
		if err := os.WriteFile(fmt.Sprint(os.TempDir(), "/", i), block, 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
