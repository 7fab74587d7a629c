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

var produce = mp.Func("produce", func(sign *mp.Conn) error {
	time.Sleep(20 * time.Millisecond)
	return sign.Send("done")
})

func main() { mp.Main(run) }

func run() error {
	var err error
	if signs, sign, err = mp.Pipe(); err != nil {
		return err
	}
	size := 1000
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		size = n
	}

	p, err := produce.Start(sign)
	if err != nil {
		return err
	}
	if err := await(p); err != nil {
		return err
	}

	sum := 0
	for i := range size {
		sum += i % 251
	}
	fmt.Printf("%d bytes, sum %d\n", size, sum)
	return nil
}

var signs, sign *mp.Conn

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if _, err := mp.Recv[string](signs); err != nil {
		return err
	}
	return p.Join()
}
