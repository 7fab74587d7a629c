// The parent opens a lock that its child has.
package main

import (
	"fmt"

	"lockstep/mp"
)

var keep = mp.Func3("keep", func(gate *mp.Lock, shut, open *mp.Event) error {
	gate.Lock()
	shut.Set()
	open.Wait()
	gate.Unlock()
	return nil
})

func run() error {
	gate, shut, open := mp.NewLock(), mp.NewEvent(), mp.NewEvent()
	p, err := keep.Start(gate, shut, open)
	if err != nil {
		return err
	}
	shut.Wait()
	gate.Unlock()
	open.Set()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("through")
	return nil
}

func main() { mp.Main(run) }
