//go:build mutant

// Workers wait at a gate. When all of them are there, the parent opens it, and
// each worker says its number and its pid. The argument is how many there are.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(gate *mp.Conn, signs *mp.Value[int]) error {
	_, err := mp.Recv[string](gate)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return err
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	workers := 5
	if len(os.Args) > 1 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	opener, gate, err := mp.Pipe()
	if err != nil {
		return err
	}
	var started []*mp.Process
	for range workers {
		p, err := work.Start(gate, signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	if err := gate.Close(); err != nil {
		return err
	}
	for range started {
		if err := opener.Send("go"); err != nil {
			return err
		}
	}
	var failed error
	for id, p := range started {
		failed = errors.Join(failed, await(p))
		fmt.Printf("worker %d has pid %d\n", id, p.PID())
	}
	return failed
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
