// A file without a name is in no folder, and its room is not free before it is closed.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	block := make([]byte, 1<<20)
	var kept []*os.File
	for i := range 100 {
		name := fmt.Sprint(os.TempDir(), "/", i)
		f, err := os.Create(name)
		if err == nil {
			err = os.Remove(name)
		}
		for range 4 {
			if err == nil {
				_, err = f.Write(block)
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		kept = append(kept, f)
	}
	time.Sleep(200 * time.Millisecond)
	fmt.Println("held", len(kept))
}
