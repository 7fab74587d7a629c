// Each waits, looking, for the other to go first.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var pass = mp.Func2("pass", func(mine, other *mp.Value[int]) error {
	for other.Get() == 0 {
		mp.Sleep(time.Millisecond)
	}
	mine.Set(1)
	return nil
})

func run() error {
	x, y := mp.NewValue(0), mp.NewValue(0)
	p, err := pass.Start(x, y)
	if err != nil {
		return err
	}
	q, err := pass.Start(y, x)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
