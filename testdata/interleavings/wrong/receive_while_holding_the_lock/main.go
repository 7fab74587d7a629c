// The sender needs the lock to send.
package main

import (
	"fmt"

	"lockstep/mp"
)

var send = mp.Func2("send", func(l *mp.Lock, c *mp.Conn) error {
	l.Lock()
	defer l.Unlock()
	return c.Send(3)
})

func run() error {
	l := mp.NewLock()
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := send.Start(l, b)
	if err != nil {
		return err
	}
	l.Lock()
	x, err := mp.Recv[int](a)
	if err != nil {
		return err
	}
	l.Unlock()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(x)
	return nil
}

func main() { mp.Main(run) }
