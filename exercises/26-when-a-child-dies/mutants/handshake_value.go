//go:build mutant

// Workers add the squares of 1, 2, 3, … to a shared total, each one square. One of
// them is killed while it holds the lock; the total must be right all the same.
// The arguments are the number of workers and the number of the one to be killed,
// 0 for none.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var add = mp.Func2("add", func(killed bool, signs *mp.Value[int]) error {
	if killed {
		return mp.Current().Kill()
	}
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	workers, unlucky := 4, 2
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if unlucky, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	total := 0
	var started []*mp.Process
	for n := 1; n <= workers; n++ {
		p, err := add.Start(n == unlucky, signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for i, p := range started {
		n := i + 1
		total += n * n
		if await(p) == nil {
			continue
		}
		fmt.Println("worker", n, "is lost; its work is done again")
		p, err := add.Start(false, signs)
		if err != nil {
			return err
		}
		if err := await(p); err != nil {
			return err
		}
	}
	fmt.Println("total", total)
	return nil
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
