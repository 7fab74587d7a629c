// Prints without end, and without a line break.
package main

import (
	"fmt"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	for {
		fmt.Print("\x1b[2Jall work and no join ")
	}
}
