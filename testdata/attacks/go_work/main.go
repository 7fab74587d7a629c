// The submission brings a go.work. It must not be used.
package main

import (
	"fmt"

	"lockstep/mp"
)

func main() { mp.Main(func() error { fmt.Println("held"); return nil }) }
