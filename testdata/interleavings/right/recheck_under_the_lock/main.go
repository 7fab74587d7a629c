package main

import (
	"fmt"

	"lockstep/mp"
)

var use = mp.Func2("use", func(made, times *mp.Value[int]) error {
	if made.Get() == 1 {
		return nil
	}
	made.Lock()
	defer made.Unlock()
	if made.Get() == 0 {
		times.Set(times.Get() + 1)
		made.Set(1)
	}
	return nil
})

func run() error {
	made, times := mp.NewValue(0), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := use.Start(made, times)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(times.Get())
	return nil
}

func main() { mp.Main(run) }
