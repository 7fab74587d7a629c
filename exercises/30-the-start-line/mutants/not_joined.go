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

	"lockstep/mp"
)

// Track is what the runners and the starter share.
type Track struct {
	Line   *mp.Barrier // all have come
	Gun    *mp.Event   // set: run!
	Finish *mp.Barrier // all have run
	Metres *mp.Value[int]
	Total  *mp.Array[int] // of each runner
}

var runner = mp.Func3("runner", func(track Track, number, heats int) error {
	for range heats {
		if err := track.Line.Wait(); err != nil {
			return err
		}
		track.Gun.Wait()
		track.Total.Set(number, track.Total.Get(number)+track.Metres.Get())
		if err := track.Finish.Wait(); err != nil {
			return err
		}
	}
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
	distances := make([]int, heats)
	for i := range distances {
		if _, err := fmt.Scan(&distances[i]); err != nil {
			return err
		}
	}
	all := runners + 1 // with the starter
	track := Track{
		Line: mp.NewBarrier(all), Gun: mp.NewEvent(),
		Finish: mp.NewBarrier(all), Metres: mp.NewValue(0), Total: mp.NewArray[int](runners),
	}
	for n := range runners {
		if _, err := runner.Start(track, n, heats); err != nil {
			return err
		}
	}
	for _, metres := range distances {
		if err := track.Line.Wait(); err != nil {
			return err
		}
		track.Metres.Set(metres)
		track.Gun.Set()
		if err := track.Finish.Wait(); err != nil {
			return err
		}
		track.Gun.Clear()
	}
	for n := range runners {
		fmt.Println("runner", n, "ran", track.Total.Get(n), "metres")
	}
	return nil
}
