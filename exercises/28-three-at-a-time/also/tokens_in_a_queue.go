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

// Server has parts, and room for so many processes.
type Server struct {
	Room, Lost int
	Inside     *mp.Value[int]
}

// Read returns the size of a part.
func (s Server) Read(part int) (int, error) {
	defer s.count(-1)
	if s.count(1) > s.Room {
		return 0, errors.New("the server is full")
	}
	if s.Lost > 0 && part%s.Lost == 0 {
		return 0, errors.New("no such part")
	}
	return 100 * part, nil
}

func (s Server) count(more int) int {
	s.Inside.Lock()
	defer s.Inside.Unlock()
	s.Inside.Set(s.Inside.Get() + more)
	return s.Inside.Get()
}

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
	room, parts, lost := 3, 8, 0
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &room, &parts, &lost); err != nil {
			return err
		}
	}
	server := Server{Room: room, Lost: lost, Inside: mp.NewValue(0)}
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
