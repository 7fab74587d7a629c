// The parent has less patience than the child needs, and ends it.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var dig = mp.Func("dig", func(found *mp.Value[int]) error {
	mp.Sleep(2 * time.Second)
	found.Set(1)
	return nil
})

func run() error {
	found := mp.NewValue(0)
	p, err := dig.Start(found)
	if err != nil {
		return err
	}
	done, err := p.JoinTimeout(300 * time.Millisecond)
	if err != nil {
		return err
	}
	if !done {
		fmt.Println("given up")
		if err := p.Kill(); err != nil {
			return err
		}
		p.Join()
		return nil
	}
	fmt.Println("found", found.Get())
	return nil
}

func main() { mp.Main(run) }
