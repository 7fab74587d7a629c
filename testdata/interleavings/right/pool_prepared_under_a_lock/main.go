// Each worker of a pool counts itself before its first task.
package main

import (
	"fmt"

	"lockstep/mp"
)

var workers *mp.Value[int]

var count = mp.Func("count", func(v *mp.Value[int]) error {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
	workers = v
	return nil
})

var known = mp.Task("known", func(int) (bool, error) { return workers.Get() > 0, nil })

func run() error {
	v := mp.NewValue(0)
	pool, err := count.NewPool(2, v)
	if err != nil {
		return err
	}
	yes, err := known.Map(pool, []int{1, 2})
	if err != nil {
		return err
	}
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(yes, v.Get())
	return nil
}

func main() { mp.Main(run) }
