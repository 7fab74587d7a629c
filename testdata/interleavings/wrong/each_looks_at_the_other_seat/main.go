// Each takes its own seat if the other one's is free. No key is written twice, and still
// both may sit.
package main

import (
	"fmt"

	"lockstep/mp"
)

var sit = mp.Func3("sit", func(d *mp.Dict[string, int], l *mp.Lock, seats [2]string) error {
	_, taken, err := d.Get(seats[1])
	if err != nil || taken {
		return err
	}
	return d.Set(seats[0], 1)
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer m.Close()
	d, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	l := mp.NewLock()
	p, err := sit.Start(d, l, [2]string{"left", "right"})
	if err != nil {
		return err
	}
	q, err := sit.Start(d, l, [2]string{"right", "left"})
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	n, err := d.Len()
	if err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func main() { mp.Main(run) }
