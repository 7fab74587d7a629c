//go:build mutant

// Each part of a film is fetched by a process of its own. The server has room for three
// at a time and turns away everybody else; some parts it has lost. The parent says which,
// and adds up the sizes of the others. The arguments are the server's room, the number of
// parts, and a number k: every k-th part is lost, and none where k is 0.
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

var fetch = mp.Func4("fetch", func(server Server, turns *mp.Semaphore, part int, sizes *mp.Array[int]) error {
	turns.Acquire()
	size, err := server.Read(part)
	turns.Release()
	if err != nil {
		return nil
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
	server, turns := Server{Room: room, Lost: lost, Inside: mp.NewValue(0)}, mp.NewSemaphore(room)
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
		p.Join()
		if lost > 0 && (i+1)%lost == 0 {
			fmt.Println("part", i+1, "is lost")
		}
		sum += sizes.Get(i + 1)
	}
	fmt.Println(sum, "bytes")
	return nil
}
