//go:build also

// A child that finds its part lost says so in a shared array, and ends well.
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
