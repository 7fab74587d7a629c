// Ein Kindprozess grüßt, wen das erste Argument nennt.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

var gruss = mp.Func("gruss", sage)

func sage(wem string) error {
	_, err := fmt.Printf("Hallo, %s!\n", wem)
	return err
}

func main() { mp.Main(run) }

func run() error {
	wem := "Welt"
	if len(os.Args) > 1 {
		wem = os.Args[1]
	}
	p, err := gruss.Start(wem)
	if err != nil {
		return err
	}
	return p.Join()
}
