// Two ranges share their border: its square is counted twice, whoever comes first.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var add = mp.Func3("add", func(from, to int, sum *mp.Value[int]) error {
	for i := from; i <= to; i++ {
		sum.Lock()
		sum.Set(sum.Get() + i)
		sum.Unlock()
	}
	return nil
})

func run() error {
	sum := mp.NewValue(0)
	low, err := add.Start(1, 2, sum)
	if err != nil {
		return err
	}
	high, err := add.Start(2, 3, sum)
	if err != nil {
		return err
	}
	if err := errors.Join(low.Join(), high.Join()); err != nil {
		return err
	}
	fmt.Println(sum.Get())
	return nil
}

func main() { mp.Main(run) }
