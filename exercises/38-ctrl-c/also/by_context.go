//go:build also

// A context ends with the signal. Each worker has a pipe, and is sent a number when it
// has answered the one before.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(parent *mp.Conn) error {
	signal.Ignore(os.Interrupt, mp.Terminate)
	if err := parent.Send(0); err != nil { // I am there
		return err
	}
	for {
		n, err := mp.Recv[int](parent)
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if err := parent.Send(Square(n)); err != nil {
			return err
		}
	}
})

func main() { mp.Main(run) }

func run() error {
	workers, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, mp.Terminate)
	defer cancel()

	var started []*mp.Process
	var pipes []*mp.Conn
	for range workers {
		ours, theirs, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := work.Start(theirs)
		if err != nil {
			return err
		}
		if err := theirs.Close(); err != nil {
			return err
		}
		if _, err := mp.Recv[int](ours); err != nil {
			return err
		}
		started, pipes = append(started, p), append(pipes, ours)
	}

	out, done, sum := 0, 0, 0
	busy := make([]bool, workers)
	told := false
	for {
		if ctx.Err() != nil && !told {
			told = true
			fmt.Println("\nstopping") // not behind the terminal's ^C
		}
		waiting := 0
		for i, c := range pipes {
			if busy[i] {
				ready, err := c.Poll(time.Millisecond)
				if err != nil {
					return err
				}
				if ready {
					square, err := mp.Recv[int](c)
					if err != nil {
						return err
					}
					busy[i], done, sum = false, done+1, sum+square
				}
			}
			if !busy[i] && !told && (most == 0 || out < most) {
				out++
				if err := c.Send(out); err != nil {
					return err
				}
				if busy[i] = true; out == max(1, most) {
					fmt.Println("working")
				}
			}
			if busy[i] {
				waiting++
			}
		}
		if waiting > 0 {
			continue
		}
		if told {
			break
		}
		if out == most {
			<-ctx.Done()
		}
	}
	for i, p := range started {
		if err := pipes[i].Send(0); err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(done, "of", out, "jobs done, sum", sum)
	return nil
}
