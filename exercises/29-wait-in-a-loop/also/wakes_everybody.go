//go:build also

// The baker wakes everybody, without the lock; a helper waits and takes a loaf.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// Shelf holds Count loaves, by their prices; who uses it holds the lock of Fresh.
type Shelf struct {
	Loaves *mp.Array[int]
	Count  *mp.Value[int]
	Fresh  *mp.Cond
}

var bake = mp.Func3("bake", func(shelf Shelf, loaves, first int) error {
	for price := first; price < first+loaves; price++ {
		shelf.Fresh.L.Lock()
		n := shelf.Count.Get()
		shelf.Loaves.Set(n, price)
		shelf.Count.Set(n + 1)
		shelf.Fresh.L.Unlock()
		shelf.Fresh.Broadcast()
	}
	return nil
})

// take waits for a loaf and returns its price; its caller holds the lock.
func (s Shelf) take() int {
	for {
		if n := s.Count.Get(); n > 0 {
			s.Count.Set(n - 1)
			return s.Loaves.Get(n - 1)
		}
		s.Fresh.Wait()
	}
}

var buy = mp.Func3("buy", func(shelf Shelf, loaves int, paid *mp.Value[int]) error {
	shelf.Fresh.L.Lock()
	defer shelf.Fresh.L.Unlock()
	for range loaves {
		price := shelf.take()
		paid.Set(paid.Get() + price)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	customers, each, first := 3, 4, 1
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &customers, &each, &first); err != nil {
			return err
		}
	}
	shelf := Shelf{Loaves: mp.NewArray[int](customers * each), Count: mp.NewValue(0), Fresh: mp.NewCond(mp.NewLock())}
	paid := mp.NewValue(0)
	baker, err := bake.Start(shelf, customers*each, first)
	if err != nil {
		return err
	}
	started := []*mp.Process{baker}
	for range customers {
		p, err := buy.Start(shelf, each, paid)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("the customers paid", paid.Get())
	return nil
}
