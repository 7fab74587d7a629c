package main

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A load is what else the machine does: threads that compute all the time, or in
// bursts.
type load struct {
	name   string
	busy   int
	bursts bool
}

var loads = []load{{"idle", 0, false}, {"one", 1, false}, {"both", 2, false}, {"bursts", 2, true}}

// sink keeps the compiler from leaving out a computation that nobody reads.
var sink atomic.Uint64

// start begins the load and returns what ends it.
func (l load) start(seed uint64) (stop func()) {
	quit := make(chan struct{})
	var group sync.WaitGroup
	for i := range l.busy {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		group.Go(func() {
			runtime.LockOSThread()
			for {
				compute, rest := time.Second, time.Duration(0)
				if l.bursts {
					compute, rest = time.Duration(20+rng.IntN(280))*time.Millisecond, time.Duration(20+rng.IntN(380))*time.Millisecond
				}
				for until := time.Now().Add(compute); time.Now().Before(until); {
					sink.Store(work(20_000, rng.Uint64()))
				}
				select {
				case <-quit:
					return
				case <-time.After(rest):
				}
			}
		})
	}
	return sync.OnceFunc(func() { close(quit); group.Wait() })
}
