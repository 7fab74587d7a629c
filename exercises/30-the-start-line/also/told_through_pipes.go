//go:build also

// The starter sends each runner how far to run, and receives a sign of each when he has.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var runner = mp.Func2("runner", func(starter *mp.Conn, heats int) error {
	total := 0
	for range heats {
		if err := starter.Send("at the line"); err != nil {
			return err
		}
		metres, err := mp.Recv[int](starter)
		if err != nil {
			return err
		}
		total += metres
	}
	return starter.Send(total)
})

func main() { mp.Main(run) }

func run() error {
	runners, heats := 3, 2
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &runners, &heats); err != nil {
			return err
		}
	}
	distances := make([]int, heats)
	for i := range distances {
		if _, err := fmt.Scan(&distances[i]); err != nil {
			return err
		}
	}
	var lanes []*mp.Conn
	var started []*mp.Process
	for range runners {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := runner.Start(there, heats)
		if err := errors.Join(err, there.Close()); err != nil {
			return err
		}
		started, lanes = append(started, p), append(lanes, here)
	}
	for _, metres := range distances {
		for _, lane := range lanes {
			if _, err := mp.Recv[string](lane); err != nil {
				return err
			}
		}
		for _, lane := range lanes {
			if err := lane.Send(metres); err != nil {
				return err
			}
		}
	}
	for n, lane := range lanes {
		total, err := mp.Recv[int](lane)
		if err := errors.Join(err, started[n].Join()); err != nil {
			return err
		}
		fmt.Println("runner", n, "ran", total, "metres")
	}
	return nil
}
