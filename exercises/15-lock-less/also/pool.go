//go:build also

// A pool of the workers gets the numbers in small pieces, and the parent adds up.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Piece is the numbers from From to To.
type Piece struct{ From, To int }

func count(p Piece) (sum int, err error) {
	for start := p.From; start <= p.To; start++ {
		for n := start; n != 1; sum++ {
			if n%2 == 0 {
				n /= 2
			} else {
				n = 3*n + 1
			}
		}
	}
	return sum, nil
}

var countTask = mp.Task("count", count)

func main() { mp.Main(run) }

func run() error {
	workers, limit := 4, 1_000_000
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if limit, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	total, err := countAll(workers, limit)
	if err != nil {
		return err
	}
	fmt.Println(total)
	return nil
}

func countAll(workers, limit int) (total int, err error) {
	if workers == 0 {
		return count(Piece{1, limit})
	}
	pool, err := mp.NewPool(workers)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pieces := make([]Piece, 4*workers)
	for i := range pieces {
		pieces[i] = Piece{1 + limit*i/len(pieces), limit * (i + 1) / len(pieces)}
	}
	counts, err := countTask.Map(pool, pieces)
	for _, n := range counts {
		total += n
	}
	return total, err
}
