package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

// Server has the parts of a film, and room for so many processes at a time: it turns away
// everybody else, and says so. It has lost every Lost-th part, and none where Lost is 0.
type Server struct {
	Room, Lost int
	Inside     *mp.Value[int]
	Meeting    *mp.Barrier // it sends nothing before so many are inside
}

// NewServer returns a server that sends a part when so many as meet are inside.
func NewServer(room, lost, meet int) Server {
	return Server{Room: room, Lost: lost, Inside: mp.NewValue(0), Meeting: mp.NewBarrier(meet)}
}

// Read returns the size of a part.
func (s Server) Read(part int) (int, error) {
	defer s.count(-1)
	if s.count(1) > s.Room {
		fmt.Println("part", part, "is turned away")
		return 0, errors.New("the server is full")
	}
	if err := s.Meeting.Wait(); err != nil {
		return 0, err
	}
	if s.Lost > 0 && part%s.Lost == 0 {
		return 0, errors.New("no such part")
	}
	return 100 * part, nil
}

// count changes how many are inside, and returns that.
func (s Server) count(more int) int {
	s.Inside.Lock()
	defer s.Inside.Unlock()
	s.Inside.Set(s.Inside.Get() + more)
	return s.Inside.Get()
}
