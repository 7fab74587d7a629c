//go:build also

// One barrier, three times in each heat: at the line, when the distance is known, and when all have run.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// Track is what the runners and the starter share.
type Track struct {
	All    *mp.Barrier
	Metres *mp.Value[int]
	Total  *mp.Array[int] // of each runner
}

var runner = mp.Func3("runner", func(track Track, number, heats int) error {
	for range heats {
		for range 2 { // at the line, and when the starter has said how far
			if err := track.All.Wait(); err != nil {
				return err
			}
		}
		track.Total.Set(number, track.Total.Get(number)+track.Metres.Get())
		if err := track.All.Wait(); err != nil {
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
		All: mp.NewBarrier(all), Metres: mp.NewValue(0), Total: mp.NewArray[int](runners),
	}
	var started []*mp.Process
	for n := range runners {
		p, err := runner.Start(track, n, heats)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, metres := range distances {
		if err := track.All.Wait(); err != nil {
			return err
		}
		track.Metres.Set(metres)
		for range 2 {
			if err := track.All.Wait(); err != nil {
				return err
			}
		}
	}
	var failed error
	for n, p := range started {
		failed = errors.Join(failed, p.Join())
		fmt.Println("runner", n, "ran", track.Total.Get(n), "metres")
	}
	return failed
}
