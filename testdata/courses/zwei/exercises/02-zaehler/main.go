// Zwei Kinder erhöhen einen gemeinsamen Zähler um je eins.
package main

import (
	"fmt"

	"lockstep/mp"
)

var erhoehen = mp.Func("erhoehen", func(z *mp.Value[int]) error {
	z.Set(z.Get() + 1)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	z := mp.NewValue(0)
	var kinder []*mp.Process
	for range 2 {
		p, err := erhoehen.Start(z)
		if err != nil {
			return err
		}
		kinder = append(kinder, p)
	}
	for _, p := range kinder {
		if err := p.Join(); err != nil {
			return err
		}
	}
	_, err := fmt.Println(z.Get())
	return err
}
