//go:build also

// The account is one value, whose own lock is held for a whole payment.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

type account struct{ *mp.Value[int] }

// change is the one way to the money: what f does with it is not interrupted.
func (a account) change(f func(balance int) int) {
	a.Lock()
	defer a.Unlock()
	a.Set(f(a.Get()))
}

var pay = mp.Func3("pay", func(money *mp.Value[int], amount, times int) error {
	for range times {
		account{money}.change(func(balance int) int { return balance + amount })
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
	money := mp.NewValue(0)
	var started []*mp.Process
	for i := range processes {
		p, err := pay.Start(money, i+1, times)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Printf("balance: %d\n", money.Get())
	return nil
}
