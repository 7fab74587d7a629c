//go:build also

// The parent gives each worker pictures through a pipe of its own, one in advance, and
// another one whenever a count comes back through the one pipe that all workers share.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

// points returns how many points a picture has: a few of the last ones are large.
func points(picture, pictures, large int) int {
	if picture >= pictures*3/4 && picture%4 == 3 {
		return large
	}
	return 100
}

// dark counts the dark ones of a picture's points.
func dark(picture, points int) (count int) {
	shade := uint32(picture)
	for range points {
		shade = shade*1664525 + 1013904223
		if shade>>30 == 0 {
			count++
		}
	}
	return count
}

// Counted is a worker's answer.
type Counted struct{ Worker, Dark int }

// Picture is a picture's number and size.
type Picture struct{ N, Points int }

var count = mp.Func3("count", func(worker int, in, out *mp.Conn) error {
	for {
		p, err := mp.Recv[Picture](in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := out.Send(Counted{worker, dark(p.N, p.Points)}); err != nil {
			return err
		}
	}
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{4, 256, 20_000_000}
	for i := range min(len(numbers), len(os.Args)-1) {
		var err error
		if numbers[i], err = strconv.Atoi(os.Args[i+1]); err != nil {
			return err
		}
	}
	workers, pictures, large := numbers[0], numbers[1], numbers[2]

	var todo []Picture
	for i := range pictures {
		todo = append(todo, Picture{i, points(i, pictures, large)})
	}
	total := 0
	if workers == 0 {
		for _, p := range todo {
			total += dark(p.N, p.Points)
		}
		fmt.Println(total, "dark points")
		return nil
	}
	answers, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	var pipes []*mp.Conn
	var started []*mp.Process
	give := func(worker int) error {
		if len(todo) == 0 {
			return nil
		}
		p := todo[0]
		todo = todo[1:]
		return pipes[worker].Send(p)
	}
	for worker := range workers {
		ours, theirs, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := count.Start(worker, theirs, out)
		if err != nil {
			return err
		}
		if err := theirs.Close(); err != nil {
			return err
		}
		pipes, started = append(pipes, ours), append(started, p)
		if err := give(worker); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	for range pictures {
		c, err := mp.Recv[Counted](answers)
		if err != nil {
			return err
		}
		total += c.Dark
		if err := give(c.Worker); err != nil {
			return err
		}
	}
	for worker, p := range started {
		if err := errors.Join(pipes[worker].Close(), p.Join()); err != nil {
			return err
		}
	}
	fmt.Println(total, "dark points")
	return nil
}
