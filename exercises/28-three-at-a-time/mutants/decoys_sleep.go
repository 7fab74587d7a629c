//go:build mutant

// Each part of a film is fetched by a process of its own. The server has room for three
// at a time and turns away everybody else; some parts it has lost. The parent says which,
// and adds up the sizes of the others. The arguments are the server's room, the number of
// parts, a number k (every k-th part is lost, and none where k is 0), and how many must be
// in the server before it sends anything.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/mp"
)

var fetch = mp.Func0("fetch", func() error {
	time.Sleep(20 * time.Millisecond)
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
	var started []*mp.Process
	for range parts {
		p, err := fetch.Start()
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	sum := 0
	for part := 1; part <= parts; part++ {
		if lost > 0 && part%lost == 0 {
			fmt.Println("part", part, "is lost")
			continue
		}
		sum += 100 * part
	}
	fmt.Println(sum, "bytes")
	return nil
}
