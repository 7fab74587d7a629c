//go:build also

// Ten children print the squares of 0 to 9. Each is joined by a deferred call, the last
// one first.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"lockstep/mp"
)

var square = mp.Func("square", func(n int) error {
	fmt.Println(n, "squared is", n*n)
	return nil
})

func main() {
	log.SetFlags(0)
	mp.Main(func() error {
		children := 10
		if len(os.Args) > 1 {
			n, err := strconv.Atoi(os.Args[1])
			if err != nil {
				return err
			}
			children = n
		}
		if err := squares(children); err != nil {
			return err
		}
		fmt.Println("all done")
		return nil
	})
}

func squares(children int) (err error) {
	for n := range children {
		p, failed := square.Start(n)
		if failed != nil {
			return failed
		}
		defer func() {
			if failed := p.Join(); failed != nil {
				log.Print(failed)
				err = failed
			}
		}()
	}
	return nil
}
