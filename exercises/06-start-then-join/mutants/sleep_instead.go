//go:build mutant

// A large calculation in parts: a process for each part, all at the same time. Then
// the parent prints the results. The arguments are the number of parts and the size
// of one. With a third argument, serial, the parent does all parts itself.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

func calculate(part, size int) int {
	sum := 0
	for i := part * size; i < (part+1)*size; i++ {
		sum = (sum + i*i) % 1_000_003
	}
	return sum
}

var calculatePart = mp.Func3("calculatePart", func(part, size int, results *mp.Array[int]) error {
	results.Set(part, calculate(part, size))
	return nil
})

func main() { mp.Main(run) }

func run() error {
	parts, size := 10, 10_000_000
	if len(os.Args) > 2 {
		var err error
		if parts, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if size, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	results := mp.NewArray[int](parts)
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		for part := range parts {
			results.Set(part, calculate(part, size))
		}
	} else if err := parallel(parts, size, results); err != nil {
		return err
	}
	for part := range parts {
		fmt.Printf("part %d: %d\n", part, results.Get(part))
	}
	return nil
}

func parallel(parts, size int, results *mp.Array[int]) error {
	for part := range parts {
		if _, err := calculatePart.Start(part, size, results); err != nil {
			return err
		}
	}
	time.Sleep(time.Second)
	return nil
}
