//go:build also

// No more processes live than the server has room for: another part is begun when one has ended.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"lockstep/mp"
)

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
	room, parts, lost, meet := 3, 8, 0, 1
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &room, &parts, &lost, &meet); err != nil {
			return err
		}
	}
	server := NewServer(room, lost, meet)
	sizes := mp.NewArray[int](parts + 1)
	var running []*mp.Process
	var numbers []int
	missing := map[int]bool{}
	wait := func() error {
		i, err := mp.WaitAny(running...)
		var exit *mp.ExitError
		if errors.As(err, &exit) {
			missing[numbers[i]] = true
		} else if err != nil {
			return err
		}
		running, numbers = slices.Delete(running, i, i+1), slices.Delete(numbers, i, i+1)
		return nil
	}
	for part := 1; part <= parts; part++ {
		if len(running) == room {
			if err := wait(); err != nil {
				return err
			}
		}
		p, err := fetch.Start(server, part, sizes)
		if err != nil {
			return err
		}
		running, numbers = append(running, p), append(numbers, part)
	}
	for len(running) > 0 {
		if err := wait(); err != nil {
			return err
		}
	}
	sum := 0
	for part := 1; part <= parts; part++ {
		if missing[part] {
			fmt.Println("part", part, "is lost")
		}
		sum += sizes.Get(part)
	}
	fmt.Println(sum, "bytes")
	return nil
}
