// A worker is killed while it may hold a lock, and nobody asks whether it has.
package main

import (
	"fmt"

	"lockstep/mp"
)

type numbers struct {
	Lock *mp.Lock
	A, B *mp.Value[int]
}

// both adds one to both numbers.
var both = mp.Task("both", func(n numbers) (int, error) {
	n.Lock.Lock()
	defer n.Lock.Unlock()
	n.A.Set(n.A.Get() + 1)
	n.B.Set(n.B.Get() + 1)
	return 0, nil
})

func run() error {
	n := numbers{mp.NewLock(), mp.NewValue(0), mp.NewValue(0)}
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	both.Go(pool, n)
	if err := pool.Terminate(); err != nil {
		return err
	}
	n.Lock.Lock()
	fmt.Println(n.A.Get() == n.B.Get())
	n.Lock.Unlock()
	return nil
}

func main() { mp.Main(run) }
