// The parent waits for its child for a while, and takes it for granted that it
// has ended then.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	mp.Sleep(time.Second)
	v.Set(1)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := work.Start(v)
	if err != nil {
		return err
	}
	if _, err := p.JoinTimeout(100 * time.Millisecond); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return p.Join()
}

func main() { mp.Main(run) }
