// Two children are started, and the last one joined.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(a *mp.Array[int], i int) error {
	a.Set(i, 1)
	return nil
})

func run() error {
	a := mp.NewArray[int](2)
	var last *mp.Process
	for i := range 2 {
		p, err := work.Start(a, i)
		if err != nil {
			return err
		}
		last = p
	}
	if err := last.Join(); err != nil {
		return err
	}
	fmt.Println(a.Get(0) + a.Get(1))
	return nil
}

func main() { mp.Main(run) }
