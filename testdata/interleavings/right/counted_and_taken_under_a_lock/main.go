// Two guests look whether a piece is left and take it, one after the other.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var guest = mp.Func3("guest", func(knife *mp.Lock, cake *mp.List[string], eaten *mp.Queue[string]) error {
	knife.Lock()
	defer knife.Unlock()
	left, err := cake.Len()
	if err != nil {
		return err
	}
	if left == 0 {
		return nil
	}
	piece, err := cake.Remove(0)
	if err != nil {
		return err
	}
	return eaten.Put(piece)
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	cake, err := mp.NewList[string](m)
	if err != nil {
		return err
	}
	if err := cake.Append("last piece"); err != nil {
		return err
	}
	knife := mp.NewLock()
	eaten, err := mp.NewQueue[string](2)
	if err != nil {
		return err
	}
	one, err := guest.Start(knife, cake, eaten)
	if err != nil {
		return err
	}
	two, err := guest.Start(knife, cake, eaten)
	if err != nil {
		return err
	}
	if err := errors.Join(one.Join(), two.Join()); err != nil {
		return err
	}
	piece, err := eaten.Get()
	if err != nil {
		return err
	}
	fmt.Println(piece)
	return m.Close()
}

func main() { mp.Main(run) }
