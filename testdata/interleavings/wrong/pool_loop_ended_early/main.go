// When the loop ends, a worker may have taken the next task.
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
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	for _, err := range count.MapUnordered(pool, []*mp.Value[int]{v, v}) {
		if err != nil {
			return err
		}
		break
	}
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
