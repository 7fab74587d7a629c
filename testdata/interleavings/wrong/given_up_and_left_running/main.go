// The parent doesn't wait any longer, and the child works on.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var dig = mp.Func0("dig", func() error {
	mp.Sleep(2 * time.Second)
	fmt.Println("found")
	return nil
})

func run() error {
	p, err := dig.Start()
	if err != nil {
		return err
	}
	done, err := p.JoinTimeout(300 * time.Millisecond)
	if err != nil {
		return err
	}
	if !done {
		fmt.Println("given up")
	}
	return nil
}

func main() { mp.Main(run) }
