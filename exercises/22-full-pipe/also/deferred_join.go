//go:build also

// The join is deferred: it comes after all that the parent does, the receiving too.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

var produce = mp.Func2("produce", func(parent *mp.Conn, size int) error {
	period := make([]byte, 251)
	for i := range period {
		period[i] = byte(i)
	}
	return parent.Send(slices.Repeat(period, size/251+1)[:size])
})

func main() { mp.Main(run) }

func run() (err error) {
	size := 1000
	if len(os.Args) > 1 {
		if size, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := produce.Start(parent, size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Join()) }()
	if err := parent.Close(); err != nil {
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
	fmt.Println(strconv.Itoa(len(message))+" bytes, sum", sum)
	return nil
}
