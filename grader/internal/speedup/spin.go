package speedup

import (
	"runtime"
	"sync"
	"time"
)

// Probe is what some spinning threads got done.
type Probe struct {
	Threads int
	Work    uint64        // rounds of the spinning loop, all threads together
	CPU     time.Duration // processor time that they used
	Wall    time.Duration
}

// Spin is the capacity probe's program: so many threads compute for that long and
// count what they got done. A scheduler treats threads and processes alike, and
// threads start together. It is run in a process of its own, confined like the
// programs that it is compared with.
func Spin(threads int, window time.Duration) Probe {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(threads, runtime.GOMAXPROCS(0))))
	var ready, done sync.WaitGroup
	var deadline time.Time
	start := make(chan struct{})
	rounds := make([]uint64, threads)
	for i := range threads {
		ready.Add(1)
		done.Go(func() {
			runtime.LockOSThread() // never unlocked: the thread ends with its goroutine
			ready.Done()
			<-start
			var n, x uint64 = 0, uint64(i) + 1
			for {
				x = round(x)
				if !time.Now().Before(deadline) {
					break
				}
				n++
			}
			if x != 0 { // always; the loop must not be optimised away
				rounds[i] = n
			}
		})
	}
	ready.Wait()
	before := processorTime()
	deadline = time.Now().Add(window)
	close(start)
	done.Wait()
	p := Probe{Threads: threads, CPU: processorTime() - before, Wall: window}
	for _, n := range rounds {
		p.Work += n
	}
	return p
}

// round is some microseconds of the arithmetic that the course's large
// calculations are made of: integer and floating-point, each step needing the
// one before.
func round(x uint64) uint64 {
	f := 1.0
	for range 2000 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		f = f*1.0000001 + float64(x&7)
	}
	if f < 0 {
		return 0
	}
	return x
}
