//go:build mutant

// Workers add the squares of 1, 2, 3, … to a shared total, each one square. One of
// them is killed while it holds the lock; the total must be right all the same.
// The arguments are the number of workers and the number of the one to be killed,
// 0 for none.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	workers, unlucky := 4, 2
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if unlucky, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	total := mp.NewValue(0)
	lost := make(chan bool)
	for n := 1; n <= workers; n++ {
		go func() {
			total.Lock()
			defer total.Unlock()
			if n != unlucky {
				total.Set(total.Get() + n*n)
			}
			lost <- n == unlucky
		}()
	}
	for range workers {
		if <-lost {
			fmt.Println("worker", unlucky, "is lost; its work is done again")
			total.Set(total.Get() + unlucky*unlucky)
		}
	}
	fmt.Println("total", total.Get())
	return nil
}
