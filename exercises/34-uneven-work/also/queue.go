//go:build also

// All pictures lie in a queue. Who is free takes the next one, until the queue is empty and
// closed.
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

var count = mp.Func3("count", func(pictures *mp.Queue[int], counts *mp.Array[int], large int) error {
	for {
		picture, err := pictures.Get()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		counts.Set(picture, dark(picture, points(picture, counts.Len(), large)))
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

	counts := mp.NewArray[int](pictures)
	for i := 0; workers == 0 && i < pictures; i++ {
		counts.Set(i, dark(i, points(i, pictures, large)))
	}
	queue, err := mp.NewQueue[int](max(pictures, 1))
	if err != nil {
		return err
	}
	for i := range pictures {
		if err := queue.Put(i); err != nil {
			return err
		}
	}
	if err := queue.Close(); err != nil {
		return err
	}
	var started []*mp.Process
	for range workers {
		p, err := count.Start(queue, counts, large)
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
	total := 0
	for i := range pictures {
		total += counts.Get(i)
	}
	fmt.Println(total, "dark points")
	return nil
}
