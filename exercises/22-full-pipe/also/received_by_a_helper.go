//go:build also

// A helper starts the child and comes back with what it has sent; joining is left to the
// caller.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func message(size int) []byte {
	m := make([]byte, 0, size)
	for i := range size {
		m = append(m, byte(i%251))
	}
	return m
}

var produce = mp.Func2("produce", func(parent *mp.Conn, size int) error { return parent.Send(message(size)) })

func start(size int) (p *mp.Process, sent []byte, err error) {
	child, parent, err := mp.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer child.Close()
	if p, err = produce.Start(parent, size); err != nil {
		return nil, nil, err
	}
	if err := parent.Close(); err != nil {
		return p, nil, err
	}
	err = child.Recv(&sent)
	return p, sent, err
}

func main() { mp.Main(run) }

func run() error {
	size := 1000
	if len(os.Args) > 1 {
		var err error
		if size, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	p, sent, err := start(size)
	if err != nil {
		return err
	}
	sum := 0
	for _, b := range sent {
		sum += int(b)
	}
	fmt.Printf("%d bytes, sum %d\n", len(sent), sum)
	return p.Join()
}
