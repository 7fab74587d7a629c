//go:build also

// The children take turns: each writes all its squares while it holds a lock.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

// Table is a dict that one process writes at a time.
type Table struct {
	Squares *mp.Dict[int, int]
	Lock    *mp.Lock
}

func (t Table) fill(keys int) error {
	t.Lock.Lock()
	defer t.Lock.Unlock()
	for k := keys - 1; k >= 0; k-- {
		if err := t.Squares.Set(k, k*k); err != nil {
			return err
		}
	}
	return nil
}

var fill = mp.Func2("fill", Table.fill)

func main() { mp.Main(run) }

func run() error {
	processes, keys := 4, 5
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if keys, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	all, err := fillAll(manager, processes, keys)
	if err := errors.Join(err, manager.Close()); err != nil {
		return err
	}
	pairs := make([]string, len(all))
	for k, v := range all {
		pairs[k] = fmt.Sprint(k, ":", v)
	}
	fmt.Println("{" + strings.Join(pairs, " ") + "}")
	return nil
}

func fillAll(manager *mp.Manager, processes, keys int) (map[int]int, error) {
	squares, err := mp.NewDict[int, int](manager)
	if err != nil {
		return nil, err
	}
	table := Table{squares, mp.NewLock()}
	var started []*mp.Process
	for range processes {
		p, err := fill.Start(table, keys)
		if err != nil {
			return nil, err
		}
		started = append(started, p)
	}
	for _, p := range started {
		err = errors.Join(err, p.Join())
	}
	if err != nil {
		return nil, err
	}
	return squares.All()
}
