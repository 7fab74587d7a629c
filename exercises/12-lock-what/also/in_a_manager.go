//go:build also

// The account is an entry of a manager's dict, and a lock beside it makes a payment whole.
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
	Money *mp.Dict[string, int]
	Lock  *mp.Lock
}

func (a Account) add(amount int) error {
	a.Lock.Lock()
	defer a.Lock.Unlock()
	balance, _, err := a.Money.Get("balance")
	if err != nil {
		return err
	}
	return a.Money.Set("balance", balance+amount)
}

var pay = mp.Func3("pay", func(a Account, amount, times int) error {
	for range times {
		if err := a.add(amount); err != nil {
			return err
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	processes, times := 3, 1
	if len(os.Args) > 2 {
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	money, err := mp.NewDict[string, int](manager)
	if err != nil {
		return err
	}
	account := Account{money, mp.NewLock()}
	var started []*mp.Process
	for i := range processes {
		p, err := pay.Start(account, i+1, times)
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
	balance, _, err := money.Get("balance")
	if err != nil {
		return err
	}
	fmt.Println("balance:", balance)
	return nil
}
