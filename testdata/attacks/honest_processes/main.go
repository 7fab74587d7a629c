// Eight processes square their numbers beside each other and send them back.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(c *mp.Conn, n int) error { return c.Send(n) })

func main() { mp.Main(run) }

func run() error {
	mine, theirs, err := mp.Pipe()
	if err != nil {
		return err
	}
	var all []*mp.Process
	for n := range 8 {
		p, err := work.Start(theirs, n+1)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	sum := 0
	for range all {
		n, err := mp.Recv[int](mine)
		if err != nil {
			return err
		}
		sum += n
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(sum)
	return nil
}
