//go:build also

// A struct for each worker: it is started, and started again when it got lost. The lock is
// taken with Lock, which also comes back with what a dead owner has left.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Sum is what the workers add to.
type Sum struct {
	Total *mp.Value[int]
	Lock  *mp.Lock
}

var add = mp.Func3("add", func(s Sum, n int, killed bool) error {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	if killed {
		return mp.Current().Kill()
	}
	s.Total.Set(s.Total.Get() + n*n)
	return nil
})

type worker struct {
	n int
	p *mp.Process
}

func (w *worker) start(s Sum, killed bool) (err error) {
	w.p, err = add.Start(s, w.n, killed)
	return err
}

// finish joins the worker, and another one in its place when it is lost.
func (w *worker) finish(s Sum) error {
	if w.p.Join() == nil {
		return nil
	}
	fmt.Printf("worker %d is lost; its work is done again\n", w.n)
	if err := w.start(s, false); err != nil {
		return err
	}
	return w.p.Join()
}

func main() { mp.Main(run) }

func run() error {
	count, unlucky := 4, 2
	if len(os.Args) > 2 {
		var err error
		if count, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if unlucky, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	s := Sum{mp.NewValue(0), mp.NewLock()}
	workers := make([]worker, count)
	for i := range workers {
		w := &workers[i]
		w.n = i + 1
		if err := w.start(s, w.n == unlucky); err != nil {
			return err
		}
	}
	for i := range workers {
		if err := workers[i].finish(s); err != nil {
			return err
		}
	}
	fmt.Println("total", s.Total.Get())
	return nil
}
