// Nothing makes the first worker started the first to come.
package main

import (
	"fmt"

	"lockstep/mp"
)

var come = mp.Func2("come", func(v *mp.Value[int], i int) error {
	v.Lock()
	if v.Get() == 0 {
		v.Set(i)
	}
	v.Unlock()
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := come.Start(v, 1)
	if err != nil {
		return err
	}
	q, err := come.Start(v, 2)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
