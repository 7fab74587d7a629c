//go:build mutant

// The parent says its name and its process id. Then each child says its own name,
// its own process id, and its parent's. The argument is the number of children.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var introduce = mp.Func("introduce", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	children := 1
	if len(os.Args) > 1 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	fmt.Printf("%s has pid %d\n", mp.Current().Name(), os.Getpid())
	var started []*mp.Process
	for range children {
		p, err := introduce.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, await(p))
		fmt.Printf("%s has pid %d, its parent has pid %d\n", p.Name(), p.PID(), os.Getpid())
	}
	return failed
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
