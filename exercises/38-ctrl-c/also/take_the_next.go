//go:build also

// Nobody hands anything out: each worker takes the next number from a shared counter
// until an event says that there are no more, and adds to shared totals.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"lockstep/mp"
)

type board struct {
	Most            int
	Next, Done, Sum *mp.Value[int]
	Taken, Stop     *mp.Event
}

var work = mp.Func("work", func(b board) error {
	for {
		b.Next.Lock()
		n := b.Next.Get() + 1
		if b.Stop.IsSet() || b.Most > 0 && n > b.Most {
			b.Next.Unlock()
			return nil
		}
		b.Next.Set(n)
		b.Next.Unlock()
		if n == max(1, b.Most) {
			b.Taken.Set()
		}
		square := Square(n)
		b.Done.Lock()
		b.Done.Set(b.Done.Get() + 1)
		b.Sum.Set(b.Sum.Get() + square)
		b.Done.Unlock()
	}
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
	signal.Ignore(os.Interrupt)
	b := board{most, mp.NewValue(0), mp.NewValue(0), mp.NewValue(0), mp.NewEvent(), mp.NewEvent()}
	var started []*mp.Process
	for range workers {
		p, err := work.Start(b)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	b.Taken.Wait()
	fmt.Println("working")
	<-stop
	fmt.Println("stopping")
	b.Stop.Set()
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(b.Done.Get(), "of", b.Next.Get(), "jobs done, sum", b.Sum.Get())
	return nil
}
