// The child needs the lock to end.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(l *mp.Lock) error {
	l.Lock()
	defer l.Unlock()
	return nil
})

func run() error {
	l := mp.NewLock()
	p, err := work.Start(l)
	if err != nil {
		return err
	}
	l.Lock()
	if err := p.Join(); err != nil {
		return err
	}
	l.Unlock()
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
