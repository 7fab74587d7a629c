package main

import (
	"errors"
	"fmt"
	"io"

	"lockstep/mp"
)

var double = mp.Func3("double", func(in, unused, out *mp.Conn) error {
	if err := unused.Close(); err != nil {
		return err
	}
	for {
		x, err := mp.Recv[int](in)
		if err == io.EOF {
			return out.Close()
		} else if err != nil {
			return err
		}
		if err := out.Send(2 * x); err != nil {
			return err
		}
	}
})

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	c, d, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := double.Start(a, b, d)
	if err != nil {
		return err
	}
	if err := errors.Join(a.Close(), d.Close()); err != nil {
		return err
	}
	for _, x := range []int{1, 2} {
		if err := b.Send(x); err != nil {
			return err
		}
	}
	if err := b.Close(); err != nil {
		return err
	}
	sum := 0
	for {
		x, err := mp.Recv[int](c)
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		sum += x
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
