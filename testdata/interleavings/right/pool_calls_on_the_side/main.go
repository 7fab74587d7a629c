// Two calls are made while the parent adds, too.
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
	a, b := add.Go(pool, v), add.Go(pool, v)
	v.Lock()
	v.Set(v.Get() + 1)
	v.Unlock()
	for _, f := range []*mp.Future[int]{b, a, b} {
		if _, err := f.Get(); err != nil {
			return err
		}
	}
	fmt.Println(v.Get())
	return pool.Close()
}

func main() { mp.Main(run) }
