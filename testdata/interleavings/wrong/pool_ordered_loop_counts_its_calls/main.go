// The results come in the order of the arguments; the calls are made in any.
package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Task("add", func(v *mp.Value[int]) (int, error) {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
	return v.Get(), nil
})

func run() error {
	v := mp.NewValue(0)
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	var all []int
	for n, err := range add.MapOrdered(pool, []*mp.Value[int]{v, v}) {
		if err != nil {
			return err
		}
		all = append(all, n)
	}
	fmt.Println(all)
	return pool.Close()
}

func main() { mp.Main(run) }
