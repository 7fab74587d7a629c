//go:build also

// A condition tells which heat is run; everybody waits in a loop until it is his.
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
	Ready  *mp.Semaphore // somebody has come to the line
	Fired  *mp.Cond
	Heat   *mp.Value[int]
	Metres *mp.Value[int]
	Total  *mp.Array[int] // of each runner
}

var runner = mp.Func3("runner", func(track Track, number, heats int) error {
	for heat := 1; heat <= heats; heat++ {
		track.Ready.Release()
		track.Fired.L.Lock()
		for track.Heat.Get() < heat {
			track.Fired.Wait()
		}
		track.Total.Set(number, track.Total.Get(number)+track.Metres.Get())
		track.Fired.L.Unlock()
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
	track := Track{
		Ready: mp.NewSemaphore(0), Fired: mp.NewCond(mp.NewLock()), Heat: mp.NewValue(0),
		Metres: mp.NewValue(0), Total: mp.NewArray[int](runners),
	}
	var started []*mp.Process
	for n := range runners {
		p, err := runner.Start(track, n, heats)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for i, metres := range distances {
		for range runners {
			track.Ready.Acquire()
		}
		track.Fired.L.Lock()
		track.Metres.Set(metres)
		track.Heat.Set(i + 1)
		track.Fired.Broadcast()
		track.Fired.L.Unlock()
	}
	var failed error
	for n, p := range started {
		failed = errors.Join(failed, p.Join())
		fmt.Println("runner", n, "ran", track.Total.Get(n), "metres")
	}
	return failed
}
