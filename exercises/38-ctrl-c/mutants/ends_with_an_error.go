//go:build mutant

// A service: workers square the numbers that their parent hands out, and add up what
// they get. There may always be more, so that it goes on until it is stopped; then it
// tells how many numbers there were and the sum of their squares. The arguments are the
// number of workers, and how many numbers there are: 1, 2, 3, …; 0 is no end of them.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"

	"lockstep/mp"
)

// A report is what one worker has done.
type report struct{ Done, Sum int }

var work = mp.Func2("work", func(jobs *mp.Queue[int], reports *mp.Queue[report]) error {
	var r report
	for {
		n, err := jobs.Get()
		if err != nil { // io.EOF: there are no more
			return reports.Put(r)
		}
		r.Done, r.Sum = r.Done+1, r.Sum+Square(n)
	}
})

func main() { mp.Main(run) }

func run() error {
	workers, most := 3, 0
	if len(os.Args) > 2 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2], &workers, &most); err != nil {
			return err
		}
	}

	jobs, err := mp.NewQueue[int](workers)
	if err != nil {
		return err
	}
	reports, err := mp.NewQueue[report](workers)
	if err != nil {
		return err
	}
	// A Ctrl-C reaches the workers as well. What is ignored when they are started they
	// ignore too: their end is this process's to say.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, mp.Terminate)
	signal.Ignore(os.Interrupt)
	var started []*mp.Process
	for range workers {
		p, err := work.Start(jobs, reports)
		if err != nil {
			return err
		}
		started = append(started, p)
	}

	signal.Notify(stop, os.Interrupt)

	out, err := handOut(jobs, most, stop)
	if err != nil {
		return err
	}
	fmt.Println("stopping")
	if err := jobs.Close(); err != nil {
		return err
	}
	var all report
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
		r, err := reports.Get()
		if err != nil {
			return err
		}
		all.Done, all.Sum = all.Done+r.Done, all.Sum+r.Sum
	}
	fmt.Printf("%d of %d jobs done, sum %d\n", all.Done, out, all.Sum)
	return errors.New("interrupted")
}

// handOut hands out numbers until a signal comes. It returns how many there were.
func handOut(jobs *mp.Queue[int], most int, stop <-chan os.Signal) (out int, err error) {
	for most == 0 || out < most {
		select {
		case <-stop:
			return out, nil
		default:
		}
		if err := jobs.Put(out + 1); err != nil {
			return out, err
		}
		if out++; out == max(most, 1) {
			fmt.Println("working")
		}
	}
	<-stop
	return out, nil
}
