// The parent polls for a message with a timeout. Its sender may have to wait for
// a lock whose owner waits for the parent: then the time is over first.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var waits = mp.Func2("waits", func(l *mp.Lock, c *mp.Conn) error {
	l.Lock()
	defer l.Unlock()
	_, err := mp.Recv[int](c)
	return err
})

var sends = mp.Func2("sends", func(l *mp.Lock, c *mp.Conn) error {
	l.Lock()
	defer l.Unlock()
	return c.Send(1)
})

func run() error {
	l := mp.NewLock()
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	c, d, err := mp.Pipe()
	if err != nil {
		return err
	}
	q, err := sends.Start(l, d)
	if err != nil {
		return err
	}
	p, err := waits.Start(l, b)
	if err != nil {
		return err
	}
	there, err := c.Poll(100 * time.Millisecond)
	if err != nil {
		return err
	}
	if err := a.Send(1); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(there)
	return nil
}

func main() { mp.Main(run) }
