//go:build also

// A lock for readers and writers: a payment writes, the parent's look at the end reads.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Account is an account that processes share.
type Account struct {
	Money *mp.Value[int]
	Guard *mp.RWLock
}

func (a *Account) deposit(amount int) {
	a.Guard.Lock()
	a.Money.Set(a.Money.Get() + amount)
	a.Guard.Unlock()
}

func (a *Account) balance() int {
	a.Guard.RLock()
	defer a.Guard.RUnlock()
	return a.Money.Get()
}

// Order is what a process is told to pay, and how often.
type Order struct {
	Account       Account
	Amount, Times int
}

var pay = mp.Func("pay", func(o Order) error {
	for range o.Times {
		o.Account.deposit(o.Amount)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
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
	account := Account{Money: mp.NewValue(0), Guard: mp.NewRWLock()}
	var started []*mp.Process
	for i := range processes {
		p, err := pay.Start(Order{account, i + 1, times})
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Println("balance:", account.balance())
	}
	return failed
}
