//go:build mutant

// A child process prints the square of a number, which is the argument. When it
// has ended, the program ends; it fails when the child does.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

func square(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	fmt.Println("Square:", n*n)
	return nil
}

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
	text := "10"
	if len(os.Args) > 1 {
		text = os.Args[1]
	}

	p, err := printSquare.Start(signs)
	if err != nil {
		return err
	}
	if err := await(p); err != nil {
		return err
	}
	return square(text)
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
