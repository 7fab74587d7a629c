package main

import (
	"fmt"

	"lockstep/mp"
)

var node = mp.Func3("node", func(in, out *mp.Conn, v *mp.Value[int]) error {
	if _, err := mp.Recv[bool](in); err != nil {
		return err
	}
	v.Set(v.Get() + 1)
	return out.Send(true)
})

func run() error {
	var in, out [3]*mp.Conn
	for i := range 3 {
		var err error
		if in[i], out[i], err = mp.Pipe(); err != nil {
			return err
		}
	}
	v := mp.NewValue(0)
	p, err := node.Start(in[0], out[1], v)
	if err != nil {
		return err
	}
	q, err := node.Start(in[1], out[2], v)
	if err != nil {
		return err
	}
	v.Set(1)
	if err := out[0].Send(true); err != nil {
		return err
	}
	if _, err := mp.Recv[bool](in[2]); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
