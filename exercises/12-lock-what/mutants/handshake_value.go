//go:build mutant

// Several processes pay money into one account, at the same time: the first pays 1
// each time, the second 2, and so on. Then the parent prints the balance. The
// arguments are the number of processes and how often each of them pays.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

// Account is an account that processes share.
type Account struct {
	Money *mp.Value[int]
	Lock  *mp.Lock
}

func (a Account) balance() int {
	a.Lock.Lock()
	defer a.Lock.Unlock()
	return a.Money.Get()
}

func (a Account) add(amount int) {
	a.Lock.Lock()
	defer a.Lock.Unlock()
	a.Money.Set(a.Money.Get() + amount)
}

var pay = mp.Func("pay", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	processes, times := 3, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	account := Account{Money: mp.NewValue(0), Lock: mp.NewLock()}
	var started []*mp.Process
	for range processes {
		p, err := pay.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, await(p))
	}
	if failed != nil {
		return failed
	}
	for i := range processes {
		account.add((i + 1) * times)
	}
	fmt.Println("balance:", account.balance())
	return nil
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
