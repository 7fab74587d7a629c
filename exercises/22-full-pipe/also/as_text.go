//go:build also

// The message is sent as a string, inside a struct that also says how long it is.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

// Message is what the child sends.
type Message struct {
	Length int
	Text   string
}

var produce = mp.Func2("produce", func(parent *mp.Conn, size int) error {
	var b strings.Builder
	for i := range size {
		b.WriteByte(byte(i % 251))
	}
	return parent.Send(Message{size, b.String()})
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
	parent.Close()
	m, err := mp.Recv[Message](child)
	if err := errors.Join(err, p.Join()); err != nil {
		return err
	}
	if len(m.Text) != m.Length {
		return fmt.Errorf("%d of %d bytes arrived", len(m.Text), m.Length)
	}
	sum := 0
	for i := range len(m.Text) {
		sum += int(m.Text[i])
	}
	fmt.Printf("%d bytes, sum %d\n", len(m.Text), sum)
	return nil
}
