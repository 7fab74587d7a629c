// Within a loop over one map's results the pool is given calls, another map and a loop that
// ends early; what is pending when it is closed is made as well.
package main

import (
	"fmt"

	"lockstep/mp"
)

var (
	square = mp.Task("square", func(n int) (int, error) { return n * n, nil })
	add    = mp.Task("add", func(v *mp.Value[int]) (int, error) {
		v.Lock()
		defer v.Unlock()
		v.Set(v.Get() + 1)
		return 0, nil
	})
)

func run() error {
	v := mp.NewValue(0)
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	sum := 0
	for n, err := range square.MapUnordered(pool, []int{2, 3}) {
		if err != nil {
			return err
		}
		f := square.Go(pool, n)
		for range square.MapUnordered(pool, []int{1, 1}) {
			break
		}
		all, err := square.Map(pool, []int{1, n})
		if err != nil {
			return err
		}
		m, err := f.Get()
		if err != nil {
			return err
		}
		sum += m - all[1] + n
	}
	last := add.Go(pool, v)
	if err := pool.Close(); err != nil {
		return err
	}
	_, err = last.Get()
	fmt.Println(sum, v.Get(), err)
	return nil
}

func main() { mp.Main(run) }
