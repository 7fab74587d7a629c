// The parent takes the answer of the first that ends for that of the first that it started.
package main

import (
	"fmt"

	"lockstep/mp"
)

var answer = mp.Func2("answer", func(a *mp.Array[int], i int) error {
	a.Set(i, i+1)
	return nil
})

func run() error {
	a := mp.NewArray[int](2)
	var all []*mp.Process
	for i, name := range []string{"left", "right"} {
		p, err := answer.Named(name).Start(a, i)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	if _, err := mp.WaitAny(all...); err != nil {
		return err
	}
	fmt.Println(a.Get(0))
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
