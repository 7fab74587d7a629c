//go:build mutant

// What is printed is written down, or calculated beforehand.
package main

import (
	"fmt"
	"os"
	"os/signal"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	workers, most := 3, 0
	if len(os.Args) > 2 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2], &workers, &most); err != nil {
			return err
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	fmt.Println("working")
	<-stop
	fmt.Println("stopping")
	most, sum := max(most, 5), 0
	for n := range most {
		sum += (n + 1) * (n + 1)
	}
	fmt.Printf("%d of %d jobs done, sum %d\n", most, most, sum)
	return nil
}
