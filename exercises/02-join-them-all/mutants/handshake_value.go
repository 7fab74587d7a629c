//go:build mutant

// Ten children print the squares of 0 to 9. When all of them have ended, the
// parent prints "all done".
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var printSquare = mp.Func("printSquare", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	children := 10
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		children = n
	}

	var started []*mp.Process
	for range children {
		p, err := printSquare.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := await(p); err != nil {
			return err
		}
	}
	for n := range children {
		fmt.Printf("%d squared is %d\n", n, n*n)
	}
	fmt.Println("all done")
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
		return fmt.Errorf("nobody was there")
	}
	return nil
}
