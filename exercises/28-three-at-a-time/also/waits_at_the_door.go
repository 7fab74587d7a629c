//go:build also

// Who comes waits at a condition while the server is full.
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
	Free       *mp.Cond
}

// Read returns the size of a part.
func (s Server) Read(part int) (int, error) {
	s.enter()
	defer s.leave()
	if s.Lost > 0 && part%s.Lost == 0 {
		return 0, errors.New("no such part")
	}
	return 100 * part, nil
}

func (s Server) enter() {
	s.Free.L.Lock()
	defer s.Free.L.Unlock()
	for s.Inside.Get() >= s.Room {
		s.Free.Wait()
	}
	s.Inside.Set(s.Inside.Get() + 1)
}

func (s Server) leave() {
	s.Free.L.Lock()
	defer s.Free.L.Unlock()
	s.Inside.Set(s.Inside.Get() - 1)
	s.Free.Signal()
}

var fetch = mp.Func3("fetch", func(server Server, part int, sizes *mp.Array[int]) error {
	size, err := server.Read(part)
	if err != nil {
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
	server := Server{Room: room, Lost: lost, Inside: mp.NewValue(0), Free: mp.NewCond(mp.NewLock())}
	sizes := mp.NewArray[int](parts + 1)
	var started []*mp.Process
	for part := 1; part <= parts; part++ {
		p, err := fetch.Start(server, part, sizes)
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
