package main

import (
	"fmt"

	"lockstep/mp"
)

var write = mp.Func2("write", func(e *mp.Event, data *mp.Value[int]) error {
	data.Set(5)
	e.Set()
	return nil
})

func run() error {
	e, data := mp.NewEvent(), mp.NewValue(0)
	p, err := write.Start(e, data)
	if err != nil {
		return err
	}
	e.Wait()
	fmt.Println(data.Get())
	if err := p.Join(); err != nil {
		return err
	}
	return nil
}

func main() { mp.Main(run) }
