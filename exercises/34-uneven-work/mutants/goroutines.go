//go:build mutant

// Workers count the dark points of pictures. Most pictures are small, a few are large. The
// arguments are how many workers and how many pictures there are, and how many points a
// large picture has. With 0 workers the parent counts everything itself, for comparison.
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

	next, counts := make(chan int), make(chan int)
	for range max(workers, 1) {
		go func() {
			for i := range next {
				counts <- dark(i, points(i, pictures, large))
			}
		}()
	}
	go func() {
		for i := range pictures {
			next <- i
		}
	}()
	total := 0
	for range pictures {
		total += <-counts
	}
	fmt.Println(total, "dark points")
	return nil
}
