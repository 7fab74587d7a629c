// The parent sends into the end that it has given away, and waits for the reader.
package main

import (
	"fmt"

	"lockstep/mp"
)

var show = mp.Func("show", func(in *mp.Conn) error {
	word, err := mp.Recv[string](in)
	if err != nil {
		return err
	}
	fmt.Println(word)
	return nil
})

func run() error {
	end, _, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := show.Start(end)
	if err != nil {
		return err
	}
	if err := end.Send("shown"); err != nil {
		return err
	}
	return p.Join()
}

func main() { mp.Main(run) }
