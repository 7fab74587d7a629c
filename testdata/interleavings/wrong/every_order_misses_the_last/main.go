// Both voices are heard in any order, and the last of each is cut off.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var speak = mp.Func2("speak", func(words []string, out *mp.Conn) error {
	for _, word := range words[:len(words)-1] {
		if err := out.Send(word); err != nil {
			return err
		}
	}
	return out.Close()
})

func run() error {
	in, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	one, err := speak.Start([]string{"a", "b"}, out)
	if err != nil {
		return err
	}
	two, err := speak.Start([]string{"a", "b"}, out)
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	heard := 0
	for {
		if _, err := mp.Recv[string](in); err != nil {
			break
		}
		heard++
	}
	if err := errors.Join(one.Join(), two.Join()); err != nil {
		return err
	}
	fmt.Println(heard)
	return nil
}

func main() { mp.Main(run) }
