// A parent asks until a deadline whether its workers have ended. What the time is then,
// and how long it sleeps in between, package mp does not show.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var square = mp.Func3("square", func(squares *mp.Array[int], n int, stuck bool) error {
	if stuck {
		mp.Sleep(time.Hour)
	}
	squares.Set(n, n*n)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	squares := mp.NewArray[int](3)
	var started []*mp.Process
	for n := range squares.Len() {
		p, err := square.Start(squares, n, n == 1)
		if err != nil {
			return err
		}
		started = append(started, p)
	}

	for _, p := range started {
		deadline := time.Now().Add(3 * time.Second)
		for p.Alive() && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		if p.Alive() {
			if err := end(p); err != nil {
				return err
			}
		}
	}
	fmt.Println(squares.Get(0), squares.Get(1), squares.Get(2))
	return nil
}

func end(p *mp.Process) error {
	if err := p.Terminate(); err != nil {
		return err
	}
	p.Join() // it was ended by a signal
	return nil
}
