//go:build also

// Who comes waits at a condition while the server is full.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// Door lets in as many as there is room for.
type Door struct {
	Inside *mp.Value[int]
	Free   *mp.Cond
}

func (d Door) enter(room int) {
	d.Free.L.Lock()
	defer d.Free.L.Unlock()
	for d.Inside.Get() >= room {
		d.Free.Wait()
	}
	d.Inside.Set(d.Inside.Get() + 1)
}

func (d Door) leave() {
	d.Free.L.Lock()
	defer d.Free.L.Unlock()
	d.Inside.Set(d.Inside.Get() - 1)
	d.Free.Signal()
}

var fetch = mp.Func4("fetch", func(server Server, door Door, part int, sizes *mp.Array[int]) error {
	door.enter(server.Room)
	size, err := server.Read(part)
	door.leave()
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
	server, door := NewServer(room, lost, meet), Door{Inside: mp.NewValue(0), Free: mp.NewCond(mp.NewLock())}
	sizes := mp.NewArray[int](parts + 1)
	var started []*mp.Process
	for part := 1; part <= parts; part++ {
		p, err := fetch.Start(server, door, part, sizes)
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
