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
	"sync"

	"lockstep/mp"
)

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
	failed := make([]error, parts+1)
	var fetches sync.WaitGroup
	for part := 1; part <= parts; part++ {
		fetches.Go(func() {
			turns.Acquire()
			defer turns.Release()
			size, err := server.Read(part)
			failed[part] = err
			sizes.Set(part, size)
		})
	}
	fetches.Wait()
	sum := 0
	for part := 1; part <= parts; part++ {
		if failed[part] != nil {
			fmt.Println("part", part, "is lost")
		}
		sum += sizes.Get(part)
	}
	fmt.Println(sum, "bytes")
	return nil
}
