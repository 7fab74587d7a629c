//go:build also

// Each child finds out who it is and sends that to the parent, who prints it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

// Card is what a process says of itself.
type Card struct {
	Name        string
	PID, Parent int
}

var introduce = mp.Func("introduce", func(out *mp.Conn) error {
	return out.Send(Card{mp.Current().Name(), os.Getpid(), os.Getppid()})
})

func main() { mp.Main(run) }

func run() error {
	children := 1
	if len(os.Args) > 1 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	fmt.Printf("%s has pid %d\n", mp.Current().Name(), os.Getpid())

	in, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	var started []*mp.Process
	for range children {
		p, err := introduce.Start(out)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	out.Close()
	for {
		card, err := mp.Recv[Card](in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		fmt.Printf("%s has pid %d, its parent has pid %d\n", card.Name, card.PID, card.Parent)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}
