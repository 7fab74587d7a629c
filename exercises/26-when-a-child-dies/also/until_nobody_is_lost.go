//go:build also

// Rounds: whoever was lost in one works again in the next, until nobody is lost.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Task is a worker's number, and whether it is the unlucky one.
type Task struct {
	N      int
	Killed bool
}

var add = mp.Func3("add", func(total *mp.Value[int], lock *mp.Lock, t Task) error {
	if err := lock.LockErr(); err != nil && !errors.Is(err, mp.ErrOwnerDied) {
		return err
	}
	defer lock.Unlock()
	if t.Killed {
		return mp.Current().Kill()
	}
	sum := total.Get()
	total.Set(sum + t.N*t.N)
	return nil
})

// round starts all tasks and returns those whose workers did not come to an end.
func round(total *mp.Value[int], lock *mp.Lock, tasks []Task) (lost []Task, err error) {
	started := make([]*mp.Process, len(tasks))
	for i, t := range tasks {
		if started[i], err = add.Start(total, lock, t); err != nil {
			return nil, err
		}
	}
	for i, p := range started {
		if p.Join() != nil {
			fmt.Printf("worker %d is lost; its work is done again\n", tasks[i].N)
			lost = append(lost, Task{N: tasks[i].N})
		}
	}
	return lost, nil
}

func main() { mp.Main(run) }

func run() error {
	workers, unlucky := 4, 2
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if unlucky, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	var tasks []Task
	for n := 1; n <= workers; n++ {
		tasks = append(tasks, Task{n, n == unlucky})
	}
	total, lock := mp.NewValue(0), mp.NewLock()
	for len(tasks) > 0 {
		var err error
		if tasks, err = round(total, lock, tasks); err != nil {
			return err
		}
	}
	fmt.Println("total", total.Get())
	return nil
}
