// What a function has worked out it keeps, in each process for itself.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var known = map[int]int{}

func factorial(n int) int {
	if n < 2 {
		return 1
	}
	if f, ok := known[n]; ok {
		return f
	}
	known[n] = n * factorial(n-1)
	return known[n]
}

var add = mp.Func2("add", func(n int, sum *mp.Value[int]) error {
	sum.Lock()
	defer sum.Unlock()
	sum.Set(sum.Get() + factorial(n))
	return nil
})

func run() error {
	sum := mp.NewValue(factorial(3))
	one, err := add.Start(4, sum)
	if err != nil {
		return err
	}
	two, err := add.Start(5, sum)
	if err != nil {
		return err
	}
	if err := errors.Join(one.Join(), two.Join()); err != nil {
		return err
	}
	fmt.Println(sum.Get())
	return nil
}

func main() { mp.Main(run) }
