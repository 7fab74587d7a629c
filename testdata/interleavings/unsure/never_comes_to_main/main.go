// The library is linked, and never given the word.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func0("work", func() error { return nil })

func main() {
	if _, err := work.Start(); err != nil {
		fmt.Println("no child")
	}
}
