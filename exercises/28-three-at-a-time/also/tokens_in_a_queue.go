//go:build also

// A queue holds a token for each place in the server; who fetches has one of them.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var fetch = mp.Func4("fetch", func(server Server, turns *mp.Queue[int], part int, sizes *mp.Array[int]) error {
	token, err := turns.Get()
	if err != nil {
		return err
	}
	size, err := server.Read(part)
	if err := errors.Join(err, turns.Put(token)); err != nil {
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
	server := NewServer(room, lost, meet)
	turns, err := mp.NewQueue[int](room)
	if err != nil {
		return err
	}
	for token := range room {
		if err := turns.Put(token); err != nil {
			return err
		}
	}
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
