//go:build mutant

// A baker bakes loaves and puts them on a shelf. Customers take them; who finds the
// shelf empty waits until the baker signals that there is fresh bread. Each loaf costs
// one more than the one before. The arguments are the number of customers, how many
// loaves each buys, one at a time, and the price of the first; as many are baked.
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
		shelf.Fresh.Signal()
		shelf.Fresh.L.Unlock()
	}
	return nil
})

var buy = mp.Func3("buy", func(shelf Shelf, loaves int, paid *mp.Value[int]) error {
	for range loaves {
		shelf.Fresh.L.Lock()
		n := shelf.Count.Get() - 1
		shelf.Count.Set(n)
		paid.Set(paid.Get() + shelf.Loaves.Get(n))
		shelf.Fresh.L.Unlock()
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
	if err := baker.Join(); err != nil {
		return err
	}
	var started []*mp.Process
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
