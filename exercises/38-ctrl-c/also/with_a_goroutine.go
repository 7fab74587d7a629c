//go:build also

// A goroutine waits for the signal and says so in a variable; workers ignore Ctrl-C by
// themselves, and say that they are there.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"

	"lockstep/mp"
)

type job struct{ N int }

var work = mp.Func3("work", func(ready *mp.Event, jobs *mp.Queue[job], sums *mp.Conn) error {
	signal.Ignore(os.Interrupt, mp.Terminate)
	ready.Set()
	done, sum := 0, 0
	for {
		j, err := jobs.Get()
		if err != nil {
			break
		}
		done++
		sum += Square(j.N)
	}
	return sums.Send([]int{done, sum})
})

func main() { mp.Main(run) }

func run() error {
	workers, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}

	var stopped atomic.Bool
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, mp.Terminate)
	over := make(chan bool)
	go func() {
		<-signals
		stopped.Store(true)
		close(over)
	}()

	jobs, err := mp.NewQueue[job](1)
	if err != nil {
		return err
	}
	var started []*mp.Process
	var ends []*mp.Conn
	for range workers {
		ours, theirs, err := mp.Pipe()
		if err != nil {
			return err
		}
		ready := mp.NewEvent()
		p, err := work.Start(ready, jobs, theirs)
		if err != nil {
			return err
		}
		ready.Wait()
		started, ends = append(started, p), append(ends, ours)
	}
	n := 0
	for !stopped.Load() && (most == 0 || n < most) {
		n++
		if err := jobs.Put(job{n}); err != nil {
			return err
		}
		if n == max(1, most) {
			fmt.Println("working")
		}
	}
	<-over
	fmt.Println("stopping")
	if err := jobs.Close(); err != nil {
		return err
	}
	done, sum := 0, 0
	for i, p := range started {
		told, err := mp.Recv[[]int](ends[i])
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
		done, sum = done+told[0], sum+told[1]
	}
	fmt.Println(done, "of", n, "jobs done, sum", sum)
	return nil
}
