//go:build also

// A transfer sorts the accounts that it needs by their numbers, and locks them in that
// order. Each account has a lock beside its money.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

// Account is what processes share of an account.
type Account struct {
	Money *mp.Value[int]
	Lock  *mp.Lock
}

type bank []Account

// hold locks some accounts and returns what unlocks them.
func (b bank) hold(numbers ...int) (release func()) {
	slices.Sort(numbers)
	for _, n := range numbers {
		b[n].Lock.Lock()
	}
	return func() {
		for _, n := range slices.Backward(numbers) {
			b[n].Lock.Unlock()
		}
	}
}

func (b bank) move(from, to, amount int) {
	defer b.hold(from, to)()
	b[from].Money.Set(b[from].Money.Get() - amount)
	b[to].Money.Set(b[to].Money.Get() + amount)
}

var transfer = mp.Func4("transfer", func(accounts []Account, from, to, times int) error {
	for range times {
		bank(accounts).move(from, to, 1)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{3, 3, 1000}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i == len(numbers) {
			return fmt.Errorf("usage: lock-order ACCOUNTS CLERKS TIMES, not %q", arg)
		}
		numbers[i] = n
	}
	if numbers[0] < 2 {
		return errors.New("a transfer needs two accounts")
	}
	accounts := make([]Account, numbers[0])
	for i := range accounts {
		accounts[i] = Account{mp.NewValue(1_000_000), mp.NewLock()}
	}
	var clerks []*mp.Process
	for i := range numbers[1] {
		p, err := transfer.Start(accounts, i%numbers[0], (i+1)%numbers[0], numbers[2])
		if err != nil {
			return err
		}
		clerks = append(clerks, p)
	}
	var failed error
	for _, p := range clerks {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	for i, a := range accounts {
		fmt.Printf("account %d holds %d\n", i, a.Money.Get())
	}
	return nil
}
