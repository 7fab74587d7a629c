package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A load is what else the machine does.
type load struct {
	name string
	busy int // threads that compute all the time
	// bursts says that busy threads compute at random times only.
	bursts bool
}

var loadNames = []string{"idle", "one", "both", "bursts"}

func chooseLoads(list string) ([]load, error) {
	var loads []load
	for name := range strings.SplitSeq(list, ",") {
		switch name {
		case "idle":
			loads = append(loads, load{name: name})
		case "one":
			loads = append(loads, load{name: name, busy: 1})
		case "both":
			loads = append(loads, load{name: name, busy: 2})
		case "bursts":
			loads = append(loads, load{name: name, busy: 2, bursts: true})
		default:
			return nil, fmt.Errorf("there is no load %q; there are %s", name, strings.Join(loadNames, ", "))
		}
	}
	return loads, nil
}

// start begins the load and returns what ends it.
func (l load) start(rng *rand.Rand) (stop func()) {
	quit := make(chan struct{})
	var group sync.WaitGroup
	for range l.busy {
		own := rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
		group.Go(func() {
			runtime.LockOSThread()
			for {
				compute := time.Second
				if l.bursts {
					compute = time.Duration(20+own.IntN(280)) * time.Millisecond
				}
				for until := time.Now().Add(compute); time.Now().Before(until); {
					sink.Store(work(20_000, own.Uint64()))
				}
				var rest time.Duration
				if l.bursts {
					rest = time.Duration(20+own.IntN(380)) * time.Millisecond
				}
				select {
				case <-quit:
					return
				case <-time.After(rest):
				}
			}
		})
	}
	return func() { close(quit); group.Wait() }
}

// sink keeps the compiler from leaving out a computation that nobody reads.
var sink atomic.Uint64
