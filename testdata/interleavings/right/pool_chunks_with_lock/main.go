// Each worker takes two tasks at a time.
package main

import (
	"fmt"

	"lockstep/mp"
)

var count = mp.Task("count", func(v *mp.Value[int]) (int, error) {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
	return 0, nil
})

func run() error {
	v := mp.NewValue(0)
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	if _, err := count.MapChunks(pool, []*mp.Value[int]{v, v, v}, 2); err != nil {
		return err
	}
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
