//go:build mutant

// Ten goroutines print the squares of 0 to 9.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	children, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	done := make(chan bool)
	for n := range children {
		go func() {
			fmt.Printf("%d squared is %d\n", n, n*n)
			done <- true
		}()
	}
	for range children {
		<-done
	}
	fmt.Println("all done")
	return nil
}
