//go:build also

// A child that finds its part lost says so in a shared array, and ends well.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// inTurn does something while it has a permit.
func inTurn(turns *mp.Semaphore, do func() (int, error)) (int, error) {
	turns.Acquire()
	defer turns.Release()
	return do()
}

var fetch = mp.Func4("fetch", func(server Server, turns *mp.Semaphore, part int, sizes *mp.Array[int]) error {
	size, err := inTurn(turns, func() (int, error) { return server.Read(part) })
	if err != nil {
		size = -1
	}
	sizes.Set(part, size)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	room, parts, lost, meet := 3, 8, 0, 1
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &room, &parts, &lost, &meet); err != nil {
			return err
		}
	}
	server, turns := NewServer(room, lost, meet), mp.NewSemaphore(room)
	sizes := mp.NewArray[int](parts + 1)
	var started []*mp.Process
	for part := 1; part <= parts; part++ {
		p, err := fetch.Start(server, turns, part, sizes)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	sum := 0
	for i, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
		if size := sizes.Get(i + 1); size < 0 {
			fmt.Println("part", i+1, "is lost")
		} else {
			sum += size
		}
	}
	fmt.Println(sum, "bytes")
	return nil
}
