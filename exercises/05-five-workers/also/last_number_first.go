//go:build also

// The last worker is started first. The gate is closed for good when the parent closes
// its end of a pipe: that lets all of them through at once.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(id int, gate *mp.Conn) error {
	if _, err := mp.Recv[bool](gate); err != io.EOF {
		return fmt.Errorf("worker %d: the gate did not open: %v", id, err)
	}
	fmt.Println("worker", id, "has pid", mp.Current().PID())
	return nil
})

func main() { mp.Main(run) }

func run() error {
	workers := 5
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		workers = n
	}
	opener, gate, err := mp.Pipe()
	if err != nil {
		return err
	}
	crew := map[int]*mp.Process{}
	for id := workers - 1; id >= 0; id-- {
		if crew[id], err = work.Start(id, gate); err != nil {
			return err
		}
	}
	if err := gate.Close(); err != nil {
		return err
	}
	if err := opener.Close(); err != nil {
		return err
	}
	for id := range workers {
		if err := crew[id].Join(); err != nil {
			return err
		}
	}
	return nil
}
