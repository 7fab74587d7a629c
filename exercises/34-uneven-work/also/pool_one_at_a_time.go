//go:build also

// A pool hands out the pictures, one at a time.
package main

import (
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

// Picture is a picture's number and size.
type Picture struct{ N, Points int }

var count = mp.Task("count", func(p Picture) (int, error) { return dark(p.N, p.Points), nil })

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

	var all []Picture
	for i := range pictures {
		all = append(all, Picture{i, points(i, pictures, large)})
	}
	counts, err := countAll(workers, all)
	if err != nil {
		return err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	fmt.Println(total, "dark points")
	return nil
}

func countAll(workers int, all []Picture) (counts []int, err error) {
	if workers == 0 {
		for _, p := range all {
			counts = append(counts, dark(p.N, p.Points))
		}
		return counts, nil
	}
	pool, err := mp.NewPool(workers)
	if err != nil {
		return nil, err
	}
	if counts, err = count.MapChunks(pool, all, 1); err != nil {
		return nil, err
	}
	return counts, pool.Close()
}
