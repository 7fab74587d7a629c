//go:build also

// Who is free takes the next picture; the last ones, among which the large ones are, are
// handed out first. Each worker adds up its own and gives its sum at the end.
package main

import (
	"errors"
	"fmt"
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

var count = mp.Func4("count", func(left, total *mp.Value[int], pictures, large int) error {
	own := 0
	for {
		left.Lock()
		i := left.Get() - 1
		left.Set(i)
		left.Unlock()
		if i < 0 {
			total.Lock()
			defer total.Unlock()
			total.Set(total.Get() + own)
			return nil
		}
		own += dark(i, points(i, pictures, large))
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

	left, total := mp.NewValue(pictures), mp.NewValue(0)
	for i := 0; workers == 0 && i < pictures; i++ {
		total.Set(total.Get() + dark(i, points(i, pictures, large)))
	}
	var started []*mp.Process
	for range workers {
		p, err := count.Start(left, total, pictures, large)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Println(total.Get(), "dark points")
	}
	return failed
}
