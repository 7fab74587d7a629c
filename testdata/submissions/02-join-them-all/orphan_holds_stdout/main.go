// The children sleep for a minute, and nobody waits for them.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var sleeper = mp.Func("sleeper", func(n int) error {
	time.Sleep(time.Minute)
	fmt.Println(n)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	for n := range 10 {
		if _, err := sleeper.Start(n); err != nil {
			return err
		}
	}
	fmt.Println("all done")
	return nil
}
