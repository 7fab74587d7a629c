// Never ends.
package main

import (
	"time"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	time.Sleep(24 * time.Hour)
	return nil
}
