//go:build also

// A parent and its child each have a variable tmp. What the child has in the end comes
// back through a queue, which the parent reads when the child was joined.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var tmp = 1

type report struct{ PID, Tmp int }

func (r report) String() string { return fmt.Sprintf("%d: tmp is %d", r.PID, r.Tmp) }

var child = mp.Func2("child", func(n int, reports *mp.Queue[int]) error {
	tmp = tmp + n
	fmt.Println("CHLD", report{os.Getpid(), tmp})
	return reports.Put(tmp)
})

func main() { mp.Main(run) }

func run() error {
	n, err := argument(41)
	if err != nil {
		return err
	}
	reports, err := mp.NewQueue[int](1)
	if err != nil {
		return err
	}
	p, err := child.Start(n, reports)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	theirs, err := reports.Get()
	if err != nil {
		return err
	}
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), tmp, theirs)
	return reports.Close()
}

func argument(otherwise int) (int, error) {
	if len(os.Args) < 2 {
		return otherwise, nil
	}
	return strconv.Atoi(os.Args[1])
}
