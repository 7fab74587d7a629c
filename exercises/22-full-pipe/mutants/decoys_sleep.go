//go:build mutant

// A child sends its parent one long message. The parent prints how many bytes have
// arrived, and their sum. The argument is the message's length.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var produce = mp.Func0("produce", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	size := 1000
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		size = n
	}

	p, err := produce.Start()
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}

	sum := 0
	for i := range size {
		sum += i % 251
	}
	fmt.Printf("%d bytes, sum %d\n", size, sum)
	return nil
}
