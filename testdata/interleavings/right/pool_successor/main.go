// A worker dies of the first of its two tasks. Another process takes its place, and
// one of the others does the second.
package main

import (
	"errors"
	"fmt"
	"os"

	"lockstep/mp"
)

type job struct {
	Number int
	Sum    *mp.Value[int]
}

var add = mp.Task("add", func(j job) (int, error) {
	if j.Number == 0 {
		os.Exit(3)
	}
	j.Sum.Lock()
	defer j.Sum.Unlock()
	j.Sum.Set(j.Sum.Get() + j.Number)
	return j.Number, nil
})

func run() error {
	sum := mp.NewValue(0)
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	all, err := add.MapChunks(pool, []job{{0, sum}, {1, sum}, {2, sum}}, 2)
	var failed *mp.TaskError
	if !errors.As(err, &failed) {
		return err
	}
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(all, failed.Index, sum.Get())
	return nil
}

func main() { mp.Main(run) }
