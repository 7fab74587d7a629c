//go:build mutant

// Each part of a film is fetched by a process of its own. The server has room for three
// at a time and turns away everybody else; some parts it has lost. The parent says which,
// and adds up the sizes of the others. The arguments are the server's room, the number of
// parts, a number k (every k-th part is lost, and none where k is 0), and how many must be
// in the server before it sends anything.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var fetch = mp.Func4("fetch", func(server Server, turns *mp.Semaphore, part int, sizes *mp.Array[int]) error {
	turns.Acquire()
	size, err := server.Read(part)
	turns.Release()
	if err != nil {
		return err
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
	server, turns := NewServer(room, lost, meet), mp.NewSemaphore(room+1)
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
		if p.Join() != nil {
			fmt.Println("part", i+1, "is lost")
		}
		sum += sizes.Get(i + 1)
	}
	fmt.Println(sum, "bytes")
	return nil
}
