// Whether the event is set depends on who comes first.
package main

import (
	"fmt"

	"lockstep/mp"
)

var wait = mp.Func("wait", func(e *mp.Event) error {
	e.Wait()
	return nil
})

var set = mp.Func2("set", func(e *mp.Event, stop *mp.Value[int]) error {
	if stop.Get() == 0 {
		e.Set()
	}
	return nil
})

func run() error {
	e, stop := mp.NewEvent(), mp.NewValue(0)
	p, err := wait.Start(e)
	if err != nil {
		return err
	}
	q, err := set.Start(e, stop)
	if err != nil {
		return err
	}
	stop.Set(1)
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
