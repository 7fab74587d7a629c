// Every process starts two more, without end.
package main

import (
	"time"

	"lockstep/mp"
)

var grow = mp.Func0("grow", func() error { return branch() })

var branch func() error

func init() {
	branch = func() error {
		for range 2 {
			if _, err := grow.Start(); err != nil {
				return err
			}
		}
		time.Sleep(time.Minute)
		return nil
	}
}

func main() { mp.Main(func() error { return branch() }) }
