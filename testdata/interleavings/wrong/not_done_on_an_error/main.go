// A worker goes on to the next value without a Done where one can't be dealt with.
package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var work = mp.Func2("work", func(jobs *mp.Queue[int], sum *mp.Value[int]) error {
	for {
		n, err := jobs.Get()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if n < 0 {
			continue // it is no amount
		}
		sum.Lock()
		sum.Set(sum.Get() + n)
		sum.Unlock()
		if err := jobs.Done(); err != nil {
			return err
		}
	}
})

func run() error {
	jobs, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	sum := mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(jobs, sum)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, n := range []int{4, -1} {
		if err := jobs.Put(n); err != nil {
			return err
		}
	}
	jobs.Wait()
	fmt.Println(sum.Get())
	if err := jobs.Close(); err != nil {
		return err
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
