// That the child had enough time is a hope.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	v.Set(1)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := work.Start(v)
	if err != nil {
		return err
	}
	mp.Sleep(50 * time.Millisecond)
	fmt.Println(v.Get())
	if err := p.Join(); err != nil {
		return err
	}
	return nil
}

func main() { mp.Main(run) }
