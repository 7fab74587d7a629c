//go:build mutant

// Runners run several heats. Before each they come to the line and wait for the gun.
// When all are there, the starter says how far they run this time and fires; when all
// have run, he takes the gun down for the next heat. The arguments are the number of
// runners and the number of heats; the parent is the starter, who reads from standard
// input how many metres each heat has, and prints in the end how far each has run.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/mp"
)

var runner = mp.Func0("runner", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	runners, heats := 3, 2
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &runners, &heats); err != nil {
			return err
		}
	}
	var started []*mp.Process
	for range runners {
		p, err := runner.Start()
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	total := 0
	for range heats {
		var metres int
		if _, err := fmt.Scan(&metres); err != nil {
			return err
		}
		total += metres
	}
	for n := range runners {
		fmt.Println("runner", n, "ran", total, "metres")
	}
	return nil
}
