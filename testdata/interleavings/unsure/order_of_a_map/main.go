// What is done in the order of a map comes in another order each time.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(a *mp.Array[int], seats map[string]int) error {
	for _, i := range seats {
		a.Set(i, i)
	}
	return nil
})

func run() error {
	a := mp.NewArray[int](8)
	p, err := work.Start(a, map[string]int{"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7})
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	sum := 0
	for i := range a.Len() {
		sum += a.Get(i)
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
