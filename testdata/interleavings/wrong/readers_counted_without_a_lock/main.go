// The first reader takes the key for all, and the last one gives it back: by a count that
// they change without a lock.
package main

import (
	"fmt"

	"lockstep/mp"
)

var read = mp.Func2("read", func(readers *mp.Value[int], key *mp.Semaphore) error {
	readers.Set(readers.Get() + 1)
	if readers.Get() == 1 {
		key.Acquire()
	}
	readers.Set(readers.Get() - 1)
	if readers.Get() == 0 {
		key.Release()
	}
	return nil
})

func run() error {
	readers, key := mp.NewValue(0), mp.NewSemaphore(1)
	var all []*mp.Process
	for range 2 {
		p, err := read.Start(readers, key)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
