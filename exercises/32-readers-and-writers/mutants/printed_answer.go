//go:build mutant

// A board shows a number twice. A writer adds one to both and must be alone there; readers
// look at both, and may be there together. The arguments are how many readers and writers
// come, and how many readers meet at the board before any of them leaves.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	readers, writers, meet := 3, 1, 1
	if len(os.Args) == 4 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2]+" "+os.Args[3], &readers, &writers, &meet); err != nil {
			return err
		}
	}
	fmt.Printf("%d good looks, the board shows %d and %d\n", readers, writers, writers)
	return nil
}
