//go:build also

// Ten children send the squares of 0 to 9 through a queue, and the parent prints them as
// they come. It joins the children when it has all.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"

	"lockstep/mp"
)

// Square is a number and its square.
type Square struct{ N, Squared int }

var work = mp.Func2("work", func(n int, out *mp.Queue[Square]) error { return out.Put(Square{n, n * n}) })

// count is how many children there shall be.
var count = sync.OnceValues(func() (int, error) {
	if len(os.Args) < 2 {
		return 10, nil
	}
	return strconv.Atoi(os.Args[1])
})

func main() { mp.Main(run) }

func run() error {
	n, err := count()
	if err != nil {
		return err
	}
	squares, err := mp.NewQueue[Square](max(1, n))
	if err != nil {
		return err
	}
	children := map[int]*mp.Process{}
	for i := range n {
		if children[i], err = work.Start(i, squares); err != nil {
			return err
		}
	}
	for range children {
		s, err := squares.Get()
		if err != nil {
			return err
		}
		fmt.Printf("%d squared is %d\n", s.N, s.Squared)
	}
	for i := range n {
		if err := children[i].Join(); err != nil {
			return err
		}
	}
	_, err = fmt.Println("all done")
	return err
}
