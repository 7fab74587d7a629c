// The parent waits for a call and holds the lock that the call needs.
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
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	f := add.Go(pool, v)
	v.Lock()
	n, err := f.Get()
	v.Unlock()
	if err != nil {
		return err
	}
	fmt.Println(n)
	return pool.Close()
}

func main() { mp.Main(run) }
