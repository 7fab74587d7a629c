// A pool is terminated while a call may be pending, under way or done: its result is there, or
// the error that says so. Its worker may have held the lock.
package main

import (
	"errors"
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
	if _, err := a.Get(); err != nil {
		return err
	}
	if err := pool.Terminate(); err != nil {
		return err
	}
	n, err := b.Get()
	told := err == nil && n > 0 || errors.Is(err, mp.ErrPoolTerminated)
	if err := v.LockErr(); err != nil && err != mp.ErrOwnerDied {
		return err
	}
	n = v.Get()
	v.Unlock()
	_, err = add.Go(pool, v).Get()
	fmt.Println(told, n == 1 || n == 2, errors.Is(err, mp.ErrPoolTerminated), pool.Close())
	return nil
}

func main() { mp.Main(run) }
