// Who does not get the lock in time pays in all the same.
package main

import (
	"errors"
	"fmt"
	"time"

	"lockstep/mp"
)

var pay = mp.Func2("pay", func(lock *mp.Semaphore, account *mp.Value[int]) error {
	got := lock.AcquireTimeout(20 * time.Millisecond)
	balance := account.Get()
	mp.Sleep(200 * time.Millisecond)
	account.Set(balance + 1)
	if got {
		lock.Release()
	}
	return nil
})

func run() error {
	lock, account := mp.NewSemaphore(1), mp.NewValue(0)
	one, err := pay.Start(lock, account)
	if err != nil {
		return err
	}
	two, err := pay.Start(lock, account)
	if err != nil {
		return err
	}
	if err := errors.Join(one.Join(), two.Join()); err != nil {
		return err
	}
	fmt.Println(account.Get())
	return nil
}

func main() { mp.Main(run) }
