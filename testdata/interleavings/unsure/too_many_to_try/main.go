// Four processes of three locked steps each have more interleavings than there
// is time for.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	for range 3 {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
	}
	return nil
})

func run() error {
	v := mp.NewValue(0)
	var children []*mp.Process
	for range 4 {
		p, err := work.Start(v)
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
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
