//go:build also

// The message is sent in pieces of 32 bytes, and received while they come.

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
	for len(message) > 0 {
		n := min(len(message), 32)
		if err := parent.Send(message[:n]); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	size, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	here, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := produce.Start(there, size)
	if err != nil {
		return err
	}
	if err := there.Close(); err != nil {
		return err
	}
	sum := 0
	for left := size; left > 0; {
		piece, err := mp.Recv[[]byte](here)
		if err != nil {
			return err
		}
		for _, b := range piece {
			sum += int(b)
		}
		left -= len(piece)
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Printf("%d bytes, sum %d\n", size, sum)
	return nil
}
