//go:build mutant

// A child sends its parent one long message. The parent prints how many bytes have
// arrived, and their sum. The argument is the message's length.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var produce = mp.Func2("produce", func(parent *mp.Conn, size int) error {
	message := make([]byte, size)
	for i := range message {
		message[i] = byte(i % 251)
	}
	return parent.Send(message[:min(size, 1<<16)])
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

	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := produce.Start(parent, size)
	if err != nil {
		return err
	}
	if err := parent.Close(); err != nil {
		return err
	}

	if err := p.Join(); err != nil {
		return err
	}
	message, err := mp.Recv[[]byte](child)
	if err != nil {
		return err
	}

	sum := 0
	for _, b := range message {
		sum += int(b)
	}
	fmt.Printf("%d bytes, sum %d\n", len(message), sum)
	return nil
}
