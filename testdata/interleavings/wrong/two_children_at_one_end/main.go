// A producer and a consumer are given the same end of the pipe.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var produce = mp.Func("produce", func(out *mp.Conn) error { return out.Send(21) })

var consume = mp.Func("consume", func(in *mp.Conn) error {
	n, err := mp.Recv[int](in)
	if err != nil {
		return err
	}
	fmt.Println(2 * n)
	return nil
})

func run() error {
	_, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	producer, err := produce.Start(far)
	if err != nil {
		return err
	}
	consumer, err := consume.Start(far)
	if err != nil {
		return err
	}
	return errors.Join(producer.Join(), consumer.Join())
}

func main() { mp.Main(run) }
