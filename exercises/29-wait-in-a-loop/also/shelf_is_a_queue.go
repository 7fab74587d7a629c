//go:build also

// The shelf is a queue; who comes to an empty one waits in Get.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var bake = mp.Func3("bake", func(shelf *mp.Queue[int], loaves, first int) error {
	for price := first; price < first+loaves; price++ {
		if err := shelf.Put(price); err != nil {
			return err
		}
	}
	return nil
})

var buy = mp.Func3("buy", func(shelf *mp.Queue[int], loaves int, paid *mp.Value[int]) error {
	for range loaves {
		price, err := shelf.Get()
		if err != nil {
			return err
		}
		paid.Lock()
		paid.Set(paid.Get() + price)
		paid.Unlock()
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
	shelf, err := mp.NewQueue[int](8)
	if err != nil {
		return err
	}
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
