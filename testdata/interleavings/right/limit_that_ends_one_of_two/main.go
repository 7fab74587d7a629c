// The parent ends the child that would sleep for an hour, and waits long enough for the
// other one.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var square = mp.Func3("square", func(squares *mp.Array[int], n int, stuck bool) error {
	if stuck {
		mp.Sleep(time.Hour)
	}
	squares.Set(n, n*n)
	return nil
})

func run() error {
	squares := mp.NewArray[int](3)
	var all []*mp.Process
	for n := 1; n <= 2; n++ {
		p, err := square.Start(squares, n, n == 1)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for i, p := range all {
		done, err := p.JoinTimeout(5 * time.Second)
		if err != nil {
			return err
		}
		if done {
			fmt.Println(squares.Get(i + 1))
			continue
		}
		if err := p.Terminate(); err != nil {
			return err
		}
		_ = p.Join()
		fmt.Println("given up")
	}
	return nil
}

func main() { mp.Main(run) }
