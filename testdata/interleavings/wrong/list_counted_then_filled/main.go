// A boat takes one; each of two looks whether it is empty, and then boards.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var board = mp.Func2("board", func(name string, boat *mp.List[string]) error {
	aboard, err := boat.All()
	if err != nil {
		return err
	}
	if len(aboard) == 0 {
		return boat.Append(name)
	}
	return nil
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	boat, err := mp.NewList[string](m)
	if err != nil {
		return err
	}
	ada, err := board.Start("Ada", boat)
	if err != nil {
		return err
	}
	bob, err := board.Start("Bob", boat)
	if err != nil {
		return err
	}
	if err := errors.Join(ada.Join(), bob.Join()); err != nil {
		return err
	}
	n, err := boat.Len()
	if err != nil {
		return err
	}
	fmt.Println(n)
	return m.Close()
}

func main() { mp.Main(run) }
