// Reads an argument that is not there.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	fmt.Println(os.Args[7])
	return nil
}
