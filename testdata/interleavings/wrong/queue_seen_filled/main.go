// Two take from a queue while there is something in it. What both have seen only one
// gets.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(jobs *mp.Queue[int], done *mp.Value[int]) error {
	for jobs.Len() > 0 {
		if _, err := jobs.Get(); err != nil {
			return err
		}
		done.Lock()
		done.Set(done.Get() + 1)
		done.Unlock()
	}
	return nil
})

func run() error {
	jobs, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	if err := jobs.Put(1); err != nil {
		return err
	}
	done := mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(jobs, done)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(done.Get())
	return nil
}

func main() { mp.Main(run) }
