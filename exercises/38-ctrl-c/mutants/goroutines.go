//go:build mutant

// A service: workers square the numbers that their parent hands out, and add up what
// they get. There may always be more, so that it goes on until it is stopped; then it
// tells how many numbers there were and the sum of their squares. The arguments are the
// number of workers, and how many numbers there are: 1, 2, 3, …; 0 is no end of them.
package main

import (
	"fmt"
	"os"
	"os/signal"

	"lockstep/mp"
)

// A report is what one worker has done.
type report struct{ Done, Sum int }

func work(jobs <-chan int, reports chan<- report) {
	var r report
	for {
		n, more := <-jobs
		if !more {
			reports <- r
			return
		}
		r.Done, r.Sum = r.Done+1, r.Sum+Square(n)
	}
}

func main() { mp.Main(run) }

func run() error {
	workers, most := 3, 0
	if len(os.Args) > 2 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2], &workers, &most); err != nil {
			return err
		}
	}

	jobs, reports := make(chan int, workers), make(chan report, workers)
	stop := make(chan os.Signal, 1)
	for range workers {
		go work(jobs, reports)
	}

	signal.Notify(stop, os.Interrupt, mp.Terminate)

	out := handOut(jobs, most, stop)
	fmt.Println("stopping")
	close(jobs)
	var all report
	for range workers {
		r := <-reports
		all.Done, all.Sum = all.Done+r.Done, all.Sum+r.Sum
	}
	fmt.Printf("%d of %d jobs done, sum %d\n", all.Done, out, all.Sum)
	return nil
}

// handOut hands out numbers until a signal comes. It returns how many there were.
func handOut(jobs chan<- int, most int, stop <-chan os.Signal) (out int) {
	for most == 0 || out < most {
		select {
		case <-stop:
			return out
		default:
		}
		jobs <- out + 1
		if out++; out == max(most, 1) {
			fmt.Println("working")
		}
	}
	<-stop
	return out
}
