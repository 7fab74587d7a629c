//go:build mutant

// Every worker takes a question, a number, and answers with its square. The parent shows
// each answer as soon as it is there, whoever it comes from. One question is hard: its
// answer comes only when all others have been shown. The arguments are the number of
// questions, for each of which there is a worker, and which of them is hard, 0 for none.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var answer = mp.Func0("answer", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	n, hard := 3, 1
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if hard, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	var started []*mp.Process
	for range n {
		p, err := answer.Start()
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for q := 1; q <= n; q++ {
		if q != hard {
			fmt.Printf("%d: %d\n", q, q*q)
		}
	}
	if hard > 0 {
		fmt.Printf("%d: %d\n", hard, hard*hard)
	}
	return nil
}
